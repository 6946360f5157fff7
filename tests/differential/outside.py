"""Productions that meet outside the objects of a program: files, random numbers, output, what belongs to a thread."""

from __future__ import annotations

from tests.differential.parts import Part, fixed

_SYNC = ("waits", "computes")
_LINES = (
    "sys.stdout.reconfigure(line_buffering=True)"  # so that its own lines and those of its children keep their order
)
_START = 'with open("total.txt", "w") as file:\n    file.write("0")'

FILES = (
    Part("file-read-modify-write", setup=_START, first="""
        with open("total.txt") as file:
            known = int(file.read())
        """, last="""
        with open("total.txt", "w") as file:
            file.write(str(known + NUM))
        """, report='print(open("total.txt").read())'),
    Part("file-read-modify-write", imports="pathlib", setup='pathlib.Path("total.txt").write_text("0")', last="""
        path = pathlib.Path("total.txt")
        VALUE += int(path.read_text())
        path.write_text(str(NUM))
        """, report='print(pathlib.Path("total.txt").read_text())'),
    Part("file-append", last="""
        with open("log.txt", "a") as file:
            file.write(f"{NUM}\\n")
        """, report='print(open("log.txt").read().split())'),
    Part("file-append", imports="pathlib", last="""
        with pathlib.Path("log.txt").open("a") as file:
            print(NUM, VALUE, file=file)
        """),
    Part("file-append-in-helper", top="""
        def log(line, name="log.txt"):
            with open(name, "a") as file:
                file.write(line + "\\n")
        """, last="log(f'{NUM} {VALUE}')"),
    Part("file-opened-by-caller", setup='log = open("log.txt", "w")', given="log=log", last='log.write(f"{NUM}\\n")',
         report="log.close()"),
    Part("file-csv-writer", imports="csv", setup='file = open("rows.csv", "w", newline="")\nrows = csv.writer(file)',
         given="rows=rows", last="rows.writerow([NUM, VALUE])", report="file.close()"),
    Part("file-last-wins", last="""
        with open("latest.txt", "w") as file:
            file.write(str(NUM))
        """, report='print(open("latest.txt").read())'),
    Part("file-shared-by-some", last="""
        with open(f"group{NUM % 2}.txt", "a") as file:
            file.write(f"{NUM} ")
        """),
    Part("file-written-then-read", before='with open("level.txt", "w") as file:\n    file.write(str(NUM))', first="""
        with open("level.txt") as file:
            level = int(file.read())
        """, last="VALUE += level"),
    Part("file-written-after", setup=_START, after='with open("total.txt", "w") as file:\n    file.write(str(GOT % 9))',
         last="VALUE += int(open('total.txt').read())"),
    Part("file-check-then-create", imports="os", first='fresh = not os.path.exists("out")', last="""
        if fresh:
            os.mkdir("out")
            VALUE += 100
        """, report='print(os.listdir("out"))'),
    Part("file-exclusive", imports="os", last="""
        try:
            with open("lock.txt", "x") as file:
                file.write(str(NUM))
        except FileExistsError:
            VALUE = -1
        """, report='print(open("lock.txt").read())'),
    Part("file-numbered-by-listing", imports="os", setup='os.makedirs("out", exist_ok=True)',
         first='serial = len(os.listdir("out"))', last='open(f"out/{serial}-{NUM}.txt", "w").close()',
         report='print(sorted(os.listdir("out")))'),
    Part("file-json-store", imports="json", setup='with open("store.json", "w") as file:\n    file.write("{}")',
         first="""
        with open("store.json") as file:
            store = json.load(file)
        """, last="""
        store[str(NUM)] = VALUE
        with open("store.json", "w") as file:
            json.dump(store, file)
        """, report='print(open("store.json").read())'),
    Part("file-renamed", imports="os", setup='open("step-0.txt", "w").close()',
         last="name = next(each for each in os.listdir('.') if each.startswith('step-'))\n"
         "os.rename(name, f'step-{NUM}.txt')\nVALUE += len(name) + int(name[5:-4])"),
    Part("file-removed-if-there", imports="os", setup='for name in "abc":\n    open(f"{name}.tmp", "w").close()',
         last="left = sorted(each for each in os.listdir('.') if each.endswith('.tmp'))\n"
         "if left:\n    os.remove(left[0])\nVALUE += len(left) * 100"),
    Part("working-folder", imports="os", before='os.makedirs(f"d{NUM}")\nos.chdir(f"d{NUM}")',
         last='open("here.txt", "w").close()', after='os.chdir("..")'),
    Part("working-folder-in-work", imports="os", first='os.makedirs(f"d{NUM}", exist_ok=True)\nos.chdir(f"d{NUM}")',
         last='open("here.txt", "w").close()\nos.chdir("..")'),
    Part("environment", imports="os", before='os.environ["LEVEL"] = str(NUM)',
         last='VALUE += int(os.environ["LEVEL"])'),
    Part("environment-in-work", imports="os", first='os.environ["LEVEL"] = str(NUM)',
         last='VALUE += int(os.environ["LEVEL"])', report='print(os.environ["LEVEL"])'),
    Part("sqlite", imports="sqlite3", setup='book = sqlite3.connect("book.db", check_same_thread=False)\n'
         'book.execute("create table rows (n integer)")', given="book=book",
         last='book.execute("insert into rows values (?)", (NUM,))',
         report='print(book.execute("select n from rows order by rowid").fetchall())\nbook.close()'),
    Part("sqlite-count", imports="sqlite3", setup='book = sqlite3.connect(":memory:", check_same_thread=False)\n'
         'book.execute("create table rows (n integer)")', given="book=book",
         first='count = book.execute("select count(*) from rows").fetchone()[0]',
         last='book.execute("insert into rows values (?)", (NUM,))\nVALUE += count * 10', report="book.close()"),
)  # fmt: skip

RANDOM = (
    Part("random-module", imports="random", setup="random.seed(7)", last="VALUE += random.randrange(1000)",
         report="print(random.randrange(1000))"),
    Part("random-seeded-at-top", imports="random", top="random.seed(7)", last="VALUE += random.randrange(1000)"),
    Part("random-imported-name", imports="random.randint random.seed", setup="seed(7)",
         last="VALUE += randint(0, 1000)"),
    Part("random-instance-global", imports="random", top="dice = random.Random(3)",
         last="VALUE += dice.randrange(1000)",
         report="print(dice.randrange(1000))"),
    Part("random-instance-given", imports="random", setup="dice = random.Random(3)", given="dice=dice",
         last="VALUE += dice.randrange(1000)", report="print(dice.randrange(1000))"),
    Part("random-default-of-work", imports="random", defaults="dice=random.Random(3)", last="VALUE += dice.randrange(1000)"),
    Part("random-on-self", imports="random", fields="self.dice = random.Random(3)",
         last="VALUE += ME.dice.randrange(1000)"),
    Part("random-on-object", imports="random", top="""
        class Game:
            def __init__(self, seed):
                self.dice = random.Random(seed)

            def throw(self):
                return self.dice.randint(1, 600)
        """, setup="game = Game(5)", given="game=game", last="VALUE += game.throw()", report="print(game.throw())"),
    Part("random-bound-method", imports="random", setup="throw = random.Random(3).random", given="throw=throw",
         last="VALUE += int(throw() * 1000)"),
    Part("random-shuffle", imports="random", top="deck = list(range(10))", setup="random.seed(1)",
         last="random.shuffle(deck)\nVALUE += deck[0] * 100", report="print(deck)"),
    Part("random-body-and-work", imports="random", setup="random.seed(4)", before="extra = random.randrange(50)",
         given="extra=extra",
         last="VALUE += extra + random.randrange(50)"),
    Part("random-own-generator", imports="", top="""
        class Lcg:
            def __init__(self, seed):
                self.seed = seed

            def draw(self):
                self.seed = self.seed * 1103515245 % 2147483647
                return self.seed % 100


        lcg = Lcg(42)
        """, last="VALUE += lcg.draw()", report="print(lcg.seed)"),
    Part("uuid-of-a-seed", imports="random uuid", setup="dice = random.Random(3)", given="dice=dice",
         last="VALUE += uuid.UUID(int=dice.getrandbits(128)).int % 1000"),
)  # fmt: skip

OUTPUT = (
    Part("print-in-work", last='print("did", NUM)'),
    Part("print-before-work", first='print("asking", NUM)'),
    Part("print-in-helper", top="def tell(*words):\n    print(*words)", last='tell("did", NUM, VALUE)'),
    Part("stdout-write", imports="sys", last='sys.stdout.write(f"did {NUM}\\n")'),
    Part("print-bound", setup="tell = print", given="tell=tell", last='tell("did", NUM)'),
    Part("print-to-buffer", imports="io", setup="told = io.StringIO()", given="told=told", last="print(NUM, file=told)",
         report="print(told.getvalue().split())"),
    Part("child-prints", imports="subprocess sys", setup=_LINES, last='subprocess.run(["echo", str(NUM)], check=True)'),
    Part("child-prints", imports="os sys", setup=_LINES, last='os.system(f"echo did {NUM}")'),
    Part("child-of-helper-prints", imports="subprocess sys", setup=_LINES,
         top="def run(command):\n    return subprocess.call(command)", last='run(["echo", "did", str(NUM)])'),
    Part("child-of-shell-prints", imports="subprocess",
         last='subprocess.run(["sh", "-c", f"sleep 0.0{NUM % 4}; echo did {NUM}"], check=True)'),
    Part("child-of-shell-prints", imports="subprocess",
         top='def run(script):\n    subprocess.run(["bash", "-ec", script], check=True)', last='run(f"echo did {NUM}")'),
    Part("child-journal", imports="subprocess",
         top="def shell(line):\n    return subprocess.run(line, shell=True, capture_output=True, text=True, check=True)",
         last='shell(f"sleep 0.0{NUM % 4}; echo {NUM} >> journal.txt")', report='print(open("journal.txt").read())'),
    Part("child-chain", imports="subprocess", setup='open("stage0", "w").close()', items=(0, 1, 2, 3),
         last='VALUE += subprocess.run(["cp", f"stage{NUM}", f"stage{NUM + 1}"], capture_output=True).returncode * 100'),
    Part("print-without-end", last='print(NUM, end=" ", flush=True)', report="print()"),
    Part("logging-to-stdout", imports="logging sys",
         top='logging.basicConfig(stream=sys.stdout, format="%(message)s", level="INFO")',
         last='logging.info("did %s", NUM)'),
    Part("logging-to-file", imports="logging",
         setup='logging.basicConfig(filename="run.log", format="%(levelname)s %(message)s")',
         last='logging.warning("did %s", NUM)'),
    Part("logger-with-handler", imports="logging", top="""
        class Keep(logging.Handler):
            def __init__(self):
                super().__init__()
                self.kept = []

            def emit(self, record):
                self.kept.append(record.getMessage())


        keep = Keep()
        logger = logging.getLogger("work")
        logger.addHandler(keep)
        """, last='logger.warning("did %s", NUM)', report="print(keep.kept)"),
    Part("redirected-stdout", imports="contextlib io", setup="told = io.StringIO()",
         around="with contextlib.redirect_stdout(told):",
         last='print("did", NUM)', report="print(told.getvalue().split())"),
    Part("redirected-each-round", imports="contextlib io", top="""
        def captured(thing):
            told = io.StringIO()
            with contextlib.redirect_stdout(told):
                print(thing, "done")
                print(thing * 2)
            return told.getvalue()
        """, last="VALUE += len(captured(NUM))\nprint('did', NUM)"),
    Part("warnings-in-work", imports="warnings",
         around="with warnings.catch_warnings(record=True) as warned:\n    warnings.simplefilter('always')",
         last='warnings.warn(f"odd {NUM}", UserWarning, stacklevel=1)',
         report="print([str(each.message) for each in warned])"),
    Part("observer-in-work", top="heard = []\nlisteners = [heard.append]",
         last="for listener in listeners:\n    listener(NUM)",
         report="print(heard)"),
)  # fmt: skip

CONTEXT = (
    Part("recursion-limit", imports="sys", top="def depth(number):\n    return 0 if number < 1 else 1 + depth(number - 1)",
         setup="sys.setrecursionlimit(6000)", last="VALUE += depth(NUM + 2000)"),
    Part("int-digits", imports="sys", setup="sys.set_int_max_str_digits(0)", last="VALUE += len(str(10 ** (5000 + NUM)))"),
    Part("settings-by-parameter", top="""
        class Settings:
            base = 1


        settings = Settings()


        def configured(target):
            target.base = 100
        """, setup="configured(settings)", last="VALUE += settings.base"),
    Part("settings-by-name", top="class Settings:\n    base = 1\n\n\nsettings = Settings()",
         setup="vars(settings)['base'] = 100", last="VALUE += settings.base"),
    Part("contextvar-set-by-caller", imports="contextvars", top='user = contextvars.ContextVar("user", default=0)',
         setup="user.set(5)", last="VALUE += user.get() * 100"),
    Part("contextvar-set-each-round", imports="contextvars", top='user = contextvars.ContextVar("user", default=0)',
         before="user.set(NUM)", last="VALUE += user.get() * 100"),
    Part("contextvar-set-after", imports="contextvars", top='user = contextvars.ContextVar("user", default=0)',
         after="user.set(GOT % 5)", last="VALUE += user.get() * 100"),
    Part("contextvar-set-in-work", imports="contextvars", top='user = contextvars.ContextVar("user", default=0)',
         last="user.set(NUM)", report="print(user.get())"),
    Part("contextvar-counted-in-work", imports="contextvars", top='depth = contextvars.ContextVar("depth", default=0)',
         first="depth.set(depth.get() + 1)\nserial = depth.get()", last="VALUE += serial * 100"),
    Part("decimal-precision-of-caller", imports="decimal", setup="decimal.getcontext().prec = 5",
         last="VALUE += len(str(decimal.Decimal(1) / (NUM + 6)))"),
    Part("decimal-rounding-of-caller", imports="decimal", setup="decimal.getcontext().rounding = decimal.ROUND_UP",
         last="VALUE += int((decimal.Decimal(NUM) / 4).quantize(decimal.Decimal(1)))"),
    Part("decimal-local-context", imports="decimal",
         around="with decimal.localcontext() as context:\n    context.prec = 4",
         last="VALUE += len(str(decimal.Decimal(1) / (NUM + 6)))"),
    Part("decimal-set-each-round", imports="decimal", before="decimal.getcontext().prec = NUM + 1",
         last="VALUE += len(str(decimal.Decimal(1) / 7))"),
    Part("decimal-set-in-work", imports="decimal", first="decimal.getcontext().prec = NUM + 1",
         last="VALUE += len(str(decimal.Decimal(1) / 7))", report="print(decimal.Decimal(1) / 7)"),
    Part("decimal-flags", imports="decimal", last="VALUE += int(decimal.Decimal(NUM) / 3)",
         report="print(decimal.getcontext().flags[decimal.Inexact])"),
    Part("thread-local-of-caller", imports="threading", top="local = threading.local()", setup="local.level = 7",
         last='VALUE += getattr(local, "level", 0)'),
    Part("thread-local-each-round", imports="threading", top="local = threading.local()", before="local.level = NUM",
         last='VALUE += getattr(local, "level", 0) * 10'),
    Part("thread-local-in-work", imports="threading", top="local = threading.local()",
         last='local.count = getattr(local, "count", 0) + 1\nVALUE += local.count * 10',
         report='print(getattr(local, "count", 0))'),
    Part("thread-local-subclass", imports="threading",
         top="class Local(threading.local):\n    level = 0\n\n\nlocal = Local()",
         setup="local.level = 3", last="VALUE += local.level * 10"),
    Part("thread-name", imports="threading", last="VALUE += threading.current_thread() is threading.main_thread()"),
    Part("thread-ident-kept", imports="threading", setup="home = threading.get_ident()", given="home=home",
         last="VALUE += threading.get_ident() == home"),
    Part("process-id", imports="os", setup="home = os.getpid()", given="home=home",
         last="VALUE += os.getpid() == home"),
    Part("language-of-the-moment", top='language = "en"\n\n\ndef use(name):\n    global language\n    language = name',
         before='use("de" if NUM % 2 else "fr")', last='VALUE += {"en": 1, "de": 2, "fr": 3}[language] * 100'),
    Part("language-for-a-while", imports="contextlib", top="""
        languages = ["en"]


        @contextlib.contextmanager
        def speaking(name):
            languages.append(name)
            try:
                yield
            finally:
                languages.pop()
        """, around='with speaking("de"):', before="languages[-1] = 'fr' * (NUM % 3)",
        last="VALUE += len(languages[-1]) * 100",
         report="print(languages)"),
    Part("recursion-limit", imports="sys", before="sys.setrecursionlimit(1000 + NUM)",
         last="VALUE += sys.getrecursionlimit()"),
    Part("signal-in-work", imports="signal", last="signal.signal(signal.SIGUSR1, signal.SIG_IGN)"),
    Part("event-loop-in-work", imports="asyncio", top="async def tripled(value):\n    return value * 3",
         last="VALUE += asyncio.get_event_loop().run_until_complete(tripled(NUM))", kinds=_SYNC),
    Part("event-loop-kept", imports="asyncio",
         top="async def tripled(value):\n    await asyncio.sleep(0.001)\n    return value * 3",
         setup="loop = asyncio.new_event_loop()", given="loop=loop",
         last="VALUE += loop.run_until_complete(tripled(NUM))",
         report="loop.close()", kinds=_SYNC),
    Part("exception-of-the-moment", imports="sys",
         before="try:\n    int('x')\nexcept ValueError as failure:\n    kept = failure",
         call="try:\n    raise kept\nexcept ValueError:\n    GOT = WORK",
         last="VALUE += 100 * (sys.exc_info()[1] is not None)"),
    Part("exception-around-another", around="try:\n    int('twelve')\nexcept ValueError:",
         last="try:\n    raise KeyError(NUM)\nexcept KeyError as error:\n    VALUE += len(repr(error.__context__))"),
    Part("name-of-the-caller", imports="inspect",
         last="VALUE += len(inspect.currentframe().f_back.f_code.co_name)", kinds=_SYNC),
    Part("depth-of-the-calls", imports="traceback", setup="depth = len(traceback.extract_stack())", given="depth=depth",
         last="VALUE += len(traceback.extract_stack()) - depth", kinds=_SYNC),
    Part("any-child", imports="os",
         first='os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", f"sleep 0.0{9 - NUM % 9}; exit {NUM}")',
         last="VALUE += os.wait()[1]", kinds=("waits",)),
    Part("lock-entered-around", imports="threading", top="""
        class Guarded:
            def __init__(self):
                self.guard = threading.RLock()

            def __enter__(self):
                self.guard.acquire()
                return self

            def __exit__(self, *raised):
                self.guard.release()
        """, setup="guarded = Guarded()", around="with guarded:", given="guarded=guarded",
         last="with guarded:\n    VALUE += 1", kinds=_SYNC),
)  # fmt: skip

PRODUCTIONS = fixed(*FILES, *RANDOM, *OUTPUT, *CONTEXT)
