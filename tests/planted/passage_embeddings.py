# kind: load-per-task
# fault: 25 | 15 | 31
# why: embed() builds the sentence model anew for every document, through encoder().
# seen: not run (needs sentence-transformers and joblib)
import sys
from pathlib import Path

from joblib import Parallel, delayed
from sentence_transformers import SentenceTransformer

MODEL = "all-MiniLM-L6-v2"


def encoder(name=MODEL):
    return SentenceTransformer(name, device="cpu")


def passages(text, size=400):
    words = text.split()
    return [" ".join(words[i:i + size]) for i in range(0, len(words), size)]


def embed(path):
    text = path.read_text(encoding="utf-8")
    vectors = encoder().encode(passages(text), normalize_embeddings=True)
    return path.name, vectors.mean(axis=0)


def embed_folder(folder, jobs=4):
    documents = sorted(Path(folder).glob("*.txt"))
    return dict(Parallel(n_jobs=jobs)(delayed(embed)(document) for document in documents))


if __name__ == "__main__":
    for name, vector in embed_folder(sys.argv[1]).items():
        print(name, vector[:3])
