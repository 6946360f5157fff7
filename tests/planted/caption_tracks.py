# kind: as-completed-order
# fault: 18 | 19
# why: zip() pairs the titles with futures in the order in which they end.
# seen: 3.11: opening gets the text of credits
import concurrent.futures as cf
import time


def transcribe(seconds):
    time.sleep(seconds)
    return f"{seconds:.2f} s of speech"


def transcripts(tracks, workers=4):
    with cf.ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(transcribe, seconds) for seconds in tracks.values()]
        texts = {}
        for title, job in zip(tracks, cf.as_completed(jobs)):
            texts[title] = job.result()
    return texts


if __name__ == "__main__":
    tracks = {"opening": 0.2, "interview": 0.12, "credits": 0.02}
    for title, text in transcripts(tracks).items():
        print(title, tracks[title], text)
