# kind: exception-lost
# fault: 24
# why: The futures of submit() are dropped, so a failed upload is never noticed.
# seen: 3.11: "uploaded 20 files", 5 objects, no error
import time
from concurrent.futures import ThreadPoolExecutor


class Bucket:
    def __init__(self, quota):
        self.quota = quota
        self.objects = {}

    def put(self, key, data):
        time.sleep(0.005)
        if len(self.objects) >= self.quota:
            raise PermissionError(f"quota of {self.quota} objects")
        self.objects[key] = data


def upload(bucket, files):
    with ThreadPoolExecutor(max_workers=4) as executor:
        for key, data in files.items():
            executor.submit(bucket.put, key, data)
    print(f"uploaded {len(files)} files")


if __name__ == "__main__":
    bucket = Bucket(quota=5)
    upload(bucket, {f"f{n}": b"x" for n in range(20)})
    print(len(bucket.objects), "objects in the bucket")
