# kind: runtime-global-in-spawned-worker
# fault: 26 | 18 | 33
# why: `options` exists only under the main guard, which a spawned worker does not run; convert() gets a NameError.
# seen: 3.11: NameError: name 'options' is not defined
import argparse
import math
from multiprocessing import get_context


def rotate(point, degrees):
    a = math.radians(degrees)
    x, y = point
    return x * math.cos(a) - y * math.sin(a), x * math.sin(a) + y * math.cos(a)


def convert(mesh):
    points = mesh
    for _ in range(options.passes):
        points = [rotate(p, options.angle) for p in points]
    return points


def convert_all(meshes):
    context = get_context("spawn")
    with context.Pool(processes=2) as workers:
        return workers.map(convert, meshes)


if __name__ == "__main__":
    cli = argparse.ArgumentParser()
    cli.add_argument("--angle", type=float, default=30)
    cli.add_argument("--passes", type=int, default=20)
    options = cli.parse_args()
    shapes = [[(float(i), float(j)) for i in range(50)] for j in range(50)]
    print(len(convert_all(shapes)))
