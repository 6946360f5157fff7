"""Work for `measure_gil.py` in packages that may be installed: a setup, and the calls that share it."""

from __future__ import annotations

TEXT = "text = ' '.join(f'word{i % 997} {i * 7919 % 10007};' for i in range(60_000))"
DATA = f"{TEXT}; data = text.encode()"
XML = "doc = '<r>' + ''.join(f'<i n=\"{i}\"><t>text {i}</t></i>' for i in range(8_000)) + '</r>'"
_RNG = "rng = numpy.random.default_rng(1)"
_FLOATS = f"import numpy; {_RNG}; a = rng.random(400_000); b = rng.random(400_000); n = rng.integers(0, 99, 400_000)"
_FRAME = (
    f"import pandas; {_FLOATS}; f = pandas.DataFrame({{'k': n, 'x': a, 'y': b}}); "
    "s = f['x']; words = pandas.Series(['some words'] * 50_000)"
)
_PICTURE = "from PIL import Image, ImageFilter, ImageOps; p = Image.effect_noise((1_500, 1_000), 60).convert('RGB')"
_GRID = f"import numpy; {_RNG}; g = rng.random((700, 700))"
_TRAINING = f"import numpy; {_RNG}; X = rng.random((3_000, 12)); y = (X[:, 0] > X[:, 1]).astype(int); z = X[:, 0] * 3"
_CIPHER = (
    "from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes; import os; data = bytes(4 << 20)"
)
_SHAPES = (
    "import numpy, shapely; pts = shapely.points(*numpy.random.default_rng(1).random((2, 50_000))); "
    "area = shapely.Point(0.5, 0.5).buffer(0.4, 64)"
)
_MANY_SHAPES = f"{_SHAPES}; round = shapely.buffer(pts[:3_000], 0.02)"

LIBRARIES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        _FLOATS,
        {
            "numpy.ndarray.sum": "a.sum()", "numpy.ndarray.mean": "a.mean()", "numpy.ndarray.std": "a.std()",
            "numpy.ndarray.cumsum": "a.cumsum()", "numpy.ndarray.copy": "a.copy()",
            "numpy.ndarray.astype": "a.astype('float32')", "numpy.ndarray.sort": "a.copy().sort()",
            "numpy.ndarray.argsort": "a.argsort()", "numpy.ndarray.searchsorted": "a.searchsorted(b)",
            "numpy.ndarray.tolist": "a.tolist()", "numpy.add": "numpy.add(a, b)", "numpy.exp": "numpy.exp(a)",
            "numpy.sum": "numpy.sum(a)", "numpy.mean": "numpy.mean(a)", "numpy.std": "numpy.std(a)",
            "numpy.median": "numpy.median(a)", "numpy.percentile": "numpy.percentile(a, 90)",
            "numpy.cumsum": "numpy.cumsum(a)", "numpy.where": "numpy.where(a > 0.5, a, b)",
            "numpy.argsort": "numpy.argsort(a)", "numpy.convolve": "numpy.convolve(a, b[:50])",
            "numpy.interp": "numpy.interp(b, [0.0, 0.5, 1.0], [0.0, 2.0, 1.0])", "numpy.bincount": "numpy.bincount(n)",
            "numpy.searchsorted": "numpy.searchsorted(numpy.arange(9_999) / 9_999, b)",
            "numpy.einsum": "numpy.einsum('i,i->', a, b)", "numpy.histogram": "numpy.histogram(a, 50)",
            "numpy.copy": "numpy.copy(a)", "numpy.concatenate": "numpy.concatenate([a, b])",
            "numpy.fft.rfft": "numpy.fft.rfft(a)", "numpy.array": "numpy.array(list(range(50_000)))",
            "numpy.char.upper": "numpy.char.upper(['some', 'words'] * 9_000)",
            "numpy.random.Generator.standard_normal": "rng.standard_normal(400_000)",
            "numpy.random.RandomState.normal": "numpy.random.RandomState(1).normal(size=400_000)",
            "numpy.random.RandomState.standard_normal": "numpy.random.RandomState(1).standard_normal(400_000)",
            "numpy.random.normal": "numpy.random.RandomState(1).normal(size=400_000)",
            "numpy.random.random": "numpy.random.RandomState(1).random_sample(400_000)",
            "numpy.random.standard_normal": "numpy.random.RandomState(1).standard_normal(400_000)",
        },
    ),
    (
        f"import scipy.fft, scipy.signal, scipy.stats, scipy.spatial; {_FLOATS}; xy = rng.random((20_000, 3))",
        {
            "scipy.fft.fft": "scipy.fft.fft(a)", "scipy.signal.fftconvolve": "scipy.signal.fftconvolve(a, b)",
            "scipy.signal.lfilter": "scipy.signal.lfilter([1.0, 0.5], [1.0, -0.3], a)",
            "scipy.spatial.cKDTree": "scipy.spatial.cKDTree(xy)",
            "scipy.spatial.cKDTree.query": "scipy.spatial.cKDTree(xy).query(xy, k=5)",
            "scipy.spatial.distance.cdist": "scipy.spatial.distance.cdist(xy[:1_500], xy[:1_500])",
            "scipy.spatial.Delaunay": "scipy.spatial.Delaunay(xy[:4_000])",
            "scipy.stats.spearmanr": "scipy.stats.spearmanr(a, b)",
            "scipy.stats.gaussian_kde.__call__": "scipy.stats.gaussian_kde(a[:2_000])(b[:2_000])",
            "scipy.stats.gaussian_kde.evaluate": "scipy.stats.gaussian_kde(a[:2_000]).evaluate(b[:2_000])",
        },
    ),
    (
        f"import scipy.ndimage as nd; {_GRID}",
        {
            "scipy.ndimage.gaussian_filter": "nd.gaussian_filter(g, 3)",
            "scipy.ndimage.median_filter": "nd.median_filter(g, 5)", "scipy.ndimage.zoom": "nd.zoom(g, 1.5)",
            "scipy.ndimage.label": "nd.label(g > 0.6)",
        },
    ),
    (
        f"import numpy, scipy.sparse, scipy.sparse.linalg; m = scipy.sparse.random(6_000, 6_000, 2e-3, 'csr', random_state=1); "
        f"{_RNG}; v = rng.random(6_000); e = (scipy.sparse.eye(3_000) * 9 + scipy.sparse.diags([1.0], [1], (3_000, 3_000))).tocsc()",
        {
            "scipy.sparse.csr_matrix.dot": "m.dot(v)", "scipy.sparse.csr_matrix.__matmul__": "m @ v",
            "scipy.sparse.linalg.spsolve": "scipy.sparse.linalg.spsolve(e, v[:3_000])",
        },
    ),
    (
        _FRAME,
        {
            "pandas.DataFrame.sort_values": "f.sort_values('x')",
            "pandas.DataFrame.drop_duplicates": "f.drop_duplicates('k')", "pandas.Series.map": "s.map(abs)",
            "pandas.Series.rank": "s.rank()",
            "pandas.core.strings.accessor.StringMethods.upper": "words.str.upper()",
            "pandas.core.strings.accessor.StringMethods.contains": "words.str.contains('w')",
            "pandas.core.groupby.DataFrameGroupBy.sum": "f.groupby('k').sum()",
            "pandas.core.groupby.DataFrameGroupBy.mean": "f.groupby('k').mean()",
            "pandas.core.groupby.DataFrameGroupBy.agg": "f.groupby('k').agg(['sum', 'mean'])",
            "pandas.core.window.Rolling.mean": "s.rolling(50).mean()",
            "pandas.DataFrame.apply": "f[:300].apply(sum, axis=1)", "pandas.DataFrame.merge": "f[:5_000].merge(f[:5_000], on='x')",
            "pandas.DataFrame.to_csv": "f[:20_000].to_csv()", "pandas.Series.value_counts": "f['k'].value_counts()",
        },
    ),
    (
        _PICTURE,
        {
            "PIL.Image.Image.convert": "p.convert('L')", "PIL.Image.Image.rotate": "p.rotate(30)",
            "PIL.Image.Image.filter": "p.filter(ImageFilter.GaussianBlur(4))",
            "PIL.Image.Image.quantize": "p.quantize(64)", "PIL.Image.Image.point": "p.point(list(range(256)) * 3)",
            "PIL.Image.Image.thumbnail": "p.copy().thumbnail((300, 300))", "PIL.Image.Image.histogram": "p.histogram()",
            "PIL.ImageOps.autocontrast": "ImageOps.autocontrast(p)",
            "PIL.Image.Image.save": "p.save(io.BytesIO(), 'PNG')",
        },
    ),
    (
        f"{_PICTURE}; import io; file = io.BytesIO(); p.save(file, 'JPEG'); packed = file.getvalue()",
        {"PIL.ImageFile.ImageFile.load": "Image.open(io.BytesIO(packed)).load()"},
    ),
    (
        f"{_CIPHER}; c = Cipher(algorithms.AES(bytes(32)), modes.CTR(bytes(16))).encryptor()",
        {"cryptography.hazmat.primitives.ciphers.CipherContext.update": "c.update(data)"},
    ),
    (
        "from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305; data = bytes(4 << 20); n = bytes(12)",
        {
            "cryptography.hazmat.primitives.ciphers.aead.ChaCha20Poly1305.encrypt": "ChaCha20Poly1305(bytes(32)).encrypt(n, data, None)",
            "cryptography.hazmat.primitives.ciphers.aead.AESGCM.encrypt": "AESGCM(bytes(32)).encrypt(n, data, None)",
        },
    ),
    (
        "from cryptography.hazmat.primitives import hashes; from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC; "
        "from cryptography.hazmat.primitives.kdf.scrypt import Scrypt; data = bytes(4 << 20); "
        "P = lambda: PBKDF2HMAC(hashes.SHA256(), 32, b'salt', 20_000); S = lambda: Scrypt(b'salt', 32, 1024, 8, 1); "
        "pk = P().derive(b'k'); sk = S().derive(b'k'); h = hashes.Hash(hashes.SHA256())",
        {
            "cryptography.hazmat.primitives.hashes.Hash.update": "h.update(data)",
            "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC.derive": "P().derive(b'k')",
            "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC.verify": "P().verify(b'k', pk)",
            "cryptography.hazmat.primitives.kdf.scrypt.Scrypt.derive": "S().derive(b'k')",
            "cryptography.hazmat.primitives.kdf.scrypt.Scrypt.verify": "S().verify(b'k', sk)",
        },
    ),
    (
        "from cryptography.hazmat.primitives.asymmetric import rsa, padding, ed25519; from cryptography.hazmat.primitives import hashes; "
        "key = rsa.generate_private_key(65537, 2048); ed = ed25519.Ed25519PrivateKey.generate(); data = bytes(1 << 20)",
        {
            "cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key": "rsa.generate_private_key(65537, 2048)",
            "cryptography.hazmat.primitives.asymmetric.rsa.RSAPrivateKey.sign": "key.sign(b'data', padding.PKCS1v15(), hashes.SHA256())",
            "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PrivateKey.sign": "ed.sign(data)",
        },
    ),
    (
        "from Crypto.Cipher import AES; from Crypto.Hash import SHA256; data = bytes(2 << 20); "
        "e = AES.new(bytes(32), AES.MODE_CBC, bytes(16)); d = AES.new(bytes(32), AES.MODE_CBC, bytes(16))",
        {
            "Crypto.Cipher._mode_cbc.CbcMode.encrypt": "e.encrypt(data)",
            "Crypto.Cipher._mode_cbc.CbcMode.decrypt": "d.decrypt(data)", "Crypto.Hash.SHA256.new": "SHA256.new(data)",
        },
    ),
    (
        "import argon2; p = argon2.PasswordHasher(memory_cost=8192, parallelism=1); h = p.hash('k')",
        {"argon2.PasswordHasher.hash": "p.hash('k')", "argon2.PasswordHasher.verify": "p.verify(h, 'k')"},
    ),
    (
        "import bcrypt; h = bcrypt.hashpw(b'k', bcrypt.gensalt(6))",
        {"bcrypt.checkpw": "bcrypt.checkpw(b'k', h)", "bcrypt.kdf": "bcrypt.kdf(b'k', b'salt', 32, 50)"},
    ),
    ("from blake3 import blake3; data = bytes(4 << 20)", {"blake3.blake3": "blake3(data).digest()"}),
    (f"import brotli; {DATA}; packed = brotli.compress(data, quality=5)", {"brotli.decompress": "brotli.decompress(packed)"}),
    (f"import lz4.frame, lz4.block; {DATA}", {
            "lz4.frame.compress": "lz4.frame.compress(data)",
            "lz4.block.compress": "lz4.block.compress(data)",
        }),
    (f"import snappy; {DATA}", {"snappy.compress": "snappy.compress(data)"}),
    (
        f"import zstandard; {DATA}; packed = zstandard.ZstdCompressor(level=9).compress(data)",
        {
            "zstandard.ZstdCompressor.compress": "zstandard.ZstdCompressor(level=9).compress(data)",
            "zstandard.ZstdDecompressor.decompress": "zstandard.ZstdDecompressor().decompress(packed)",
        },
    ),
    (
        f"from lxml import etree; {XML}; tree = etree.fromstring(doc); "
        "sheet = etree.XSLT(etree.fromstring('<x:stylesheet version=\"1.0\" xmlns:x=\"http://www.w3.org/1999/XSL/Transform\">"
        "<x:template match=\"/\"><o><x:for-each select=\"//i\">"
        "<v><x:value-of select=\"t\"/></v></x:for-each></o></x:template></x:stylesheet>'))",
        {"lxml.etree.tostring": "etree.tostring(tree)", "lxml.etree.XSLT.__call__": "sheet(tree)"},
    ),
    (
        f"import cv2, numpy; {_RNG}; p = rng.integers(0, 255, (1_000, 1_500, 3)).astype('uint8'); q = cv2.cvtColor(p, cv2.COLOR_BGR2GRAY); "
        "j = cv2.imencode('.jpg', p)[1]; cv2.setNumThreads(1)",
        {
            "cv2.imdecode": "cv2.imdecode(j, 1)", "cv2.imencode": "cv2.imencode('.jpg', p)",
            "cv2.cvtColor": "cv2.cvtColor(p, cv2.COLOR_BGR2HSV)", "cv2.Canny": "cv2.Canny(q, 50, 150)",
            "cv2.matchTemplate": "cv2.matchTemplate(q, q[:20, :20], cv2.TM_CCOEFF)",
            "cv2.fastNlMeansDenoising": "cv2.fastNlMeansDenoising(q[:150, :150])",
        },
    ),
    (
        "import pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq, io, numpy; pa.set_cpu_count(1); "
        f"{_RNG}; t = pa.table({{'k': rng.integers(0, 99, 300_000), 'x': rng.random(300_000)}})",
        {
            "pyarrow.Table.group_by": "t.group_by('k', use_threads=False).aggregate([('x', 'sum')])",
            "pyarrow.parquet.write_table": "pq.write_table(t, io.BytesIO())", "pyarrow.compute.sum": "pc.sum(t['x'])",
            "pyarrow.compute.sort_indices": "pc.sort_indices(t['x'])",
        },
    ),
    (
        "import pyproj, numpy; t = pyproj.Transformer.from_crs(4326, 3857); x = numpy.linspace(1, 60, 100_000)",
        {"pyproj.Transformer.transform": "pyproj.Transformer.from_crs(4326, 3857).transform(x, x)"},
    ),
    (
        "from rapidfuzz import process; words = [f'word number {i * 7919 % 997}' for i in range(400)]",
        {"rapidfuzz.process.cdist": "process.cdist(words, words, workers=1)"},
    ),
    (
        _MANY_SHAPES,
        {
            "shapely.contains": "shapely.contains(area, pts)", "shapely.buffer": "shapely.buffer(pts[:5_000], 0.1)",
            "shapely.union_all": "shapely.union_all(round[:500])", "shapely.intersection": "shapely.intersection(area, round)",
            "shapely.STRtree.query": "shapely.STRtree(pts).query(round, 'intersects')",
        },
    ),
    (
        f"import skimage.filters, skimage.transform, skimage.feature; {_GRID}",
        {
            "skimage.filters.sobel": "skimage.filters.sobel(g)", "skimage.feature.canny": "skimage.feature.canny(g)",
            "skimage.transform.resize": "skimage.transform.resize(g, (500, 500))",
        },
    ),
    (
        f"import sklearn.ensemble as en, sklearn.tree as tr, sklearn.svm as sv, sklearn.cluster as cl, sklearn.neighbors as ne, "
        f"sklearn.decomposition as de; {_TRAINING}; kc = ne.KNeighborsClassifier().fit(X, y); kr = ne.KNeighborsRegressor().fit(X, z)",
        {
            "sklearn.ensemble.RandomForestClassifier.fit": "en.RandomForestClassifier(10, n_jobs=1).fit(X, y)",
            "sklearn.ensemble.RandomForestRegressor.fit": "en.RandomForestRegressor(5, n_jobs=1).fit(X, z)",
            "sklearn.ensemble.ExtraTreesClassifier.fit": "en.ExtraTreesClassifier(10, n_jobs=1).fit(X, y)",
            "sklearn.ensemble.ExtraTreesRegressor.fit": "en.ExtraTreesRegressor(5, n_jobs=1).fit(X, z)",
            "sklearn.tree.DecisionTreeClassifier.fit": "tr.DecisionTreeClassifier().fit(X, y)",
            "sklearn.tree.DecisionTreeRegressor.fit": "tr.DecisionTreeRegressor().fit(X, z)",
            "sklearn.ensemble.GradientBoostingClassifier.fit": "en.GradientBoostingClassifier(n_estimators=9).fit(X, y)",
            "sklearn.ensemble.GradientBoostingRegressor.fit": "en.GradientBoostingRegressor(n_estimators=9).fit(X, z)",
            "sklearn.svm.SVC.fit": "sv.SVC().fit(X, y)", "sklearn.svm.SVR.fit": "sv.SVR().fit(X, z)",
            "sklearn.cluster.DBSCAN.fit": "cl.DBSCAN().fit(X)", "sklearn.cluster.DBSCAN.fit_predict": "cl.DBSCAN().fit_predict(X)",
            "sklearn.neighbors.KNeighborsClassifier.predict": "kc.predict(X[:500])",
            "sklearn.neighbors.KNeighborsRegressor.predict": "kr.predict(X[:500])",
            "sklearn.decomposition.PCA.fit": "de.PCA(3).fit(X)", "sklearn.decomposition.PCA.fit_transform": "de.PCA(3).fit_transform(X)",
        },
    ),
)  # fmt: skip
