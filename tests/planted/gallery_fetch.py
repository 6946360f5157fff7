# kind: task-waits-own-pool
# fault: none
# why: Albums run in one pool and wait for pictures that run in another.
# seen: 3.11 and 3.13: ends with 5 pictures for each album
import time
from concurrent.futures import ThreadPoolExecutor

ALBUMS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="album")
PICTURES = ThreadPoolExecutor(max_workers=6, thread_name_prefix="picture")


def load_picture(album, number):
    time.sleep(0.03)
    return f"{album}-{number:03}"


def load_album(album):
    pending = [PICTURES.submit(load_picture, album, n) for n in range(5)]
    return [picture.result() for picture in pending]


def load_gallery(albums):
    try:
        return dict(zip(albums, ALBUMS.map(load_album, albums)))
    finally:
        ALBUMS.shutdown()
        PICTURES.shutdown()


if __name__ == "__main__":
    gallery = load_gallery(["lake", "hill", "city", "farm"])
    print({name: len(pictures) for name, pictures in gallery.items()})
