# kind: exception-lost
# fault: none
# why: error_callback receives every exception and the run ends with them.
# seen: 3.11 and 3.13: the failure of b is reported
import multiprocessing


def shrink(name, pixels):
    if not pixels:
        raise ValueError(f"{name}: empty picture")
    for _ in range(300):
        small = [sum(pixels[i:i + 4]) // 4 for i in range(0, len(pixels), 4)]
    return name, small


def shrink_all(pictures):
    done, failed = [], []
    with multiprocessing.Pool(2) as pool:
        for name, pixels in pictures.items():
            pool.apply_async(shrink, (name, pixels), callback=done.append, error_callback=failed.append)
        pool.close()
        pool.join()
    return dict(done), failed


if __name__ == "__main__":
    small, failed = shrink_all({"a": list(range(4000)), "b": [], "c": [7] * 4000})
    print(sorted(small), failed)
