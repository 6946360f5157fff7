def bump(row):
    return [row[i] + 1 for i in range(len(row))]


def main():
    rows = [[n for n in range(20)] for _ in range(50000)]
    print(len([bump(row) for row in rows]))


if __name__ == "__main__":
    main()
