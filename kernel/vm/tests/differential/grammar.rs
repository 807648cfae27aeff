//! Random programs over what holds objects: names, containers, instances, closures, weak references, finalizers, exceptions,
//! generators, coroutines, and the collector's own controls. Whatever a statement raises is printed, so any name may hold anything.

use compile::Version;

use super::program::{
    FUTURE,
    Statement::{self, Block, Line},
};

/// A small generator of numbers, the same on every run (SplitMix64).
pub(crate) struct Random(pub u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn of<'a>(&mut self, some: &[&'a str]) -> &'a str {
        some[self.below(some.len())]
    }
}

/// Expressions: `@` is a name, `$` an expression, `#` a number of its own, `&` a value that the collector does not know.
const EXPRESSIONS: &[&str] = &[
    "@",
    "@",
    "@",
    "[]",
    "[$]",
    "[$, $]",
    "[@, @, @]",
    "($,)",
    "($, @)",
    "()",
    "{}",
    "{'k': $}",
    "{1: $, 'k': @}",
    "{'k', 2}",
    "7",
    "10 ** 9 + #",
    "'text#'",
    "'t' + str(#)",
    "None",
    "2.5",
    "3j",
    "b'bytes#'",
    "Node()",
    "Node($)",
    "Node(@)",
    "Slotted()",
    "Bag([$])",
    "Book(k=$)",
    "Mourned('m#')",
    "Mourned('m#')",
    "Phoenix('p#')",
    "Loud('l#')",
    "Held($)",
    "(lambda: @)",
    "(lambda x=$: x)",
    "keeper($)",
    "keeper(@)",
    "walk($)",
    "walk(@)",
    "later($)",
    "fail",
    "[x for x in @]",
    "[(x, @) for x in range(3)]",
    "{x: @ for x in range(2)}",
    "(x for x in @)",
    "[lambda: x for x in range(2)]",
    "weakref.ref(@)",
    "weakref.ref(@, heard('w#'))",
    "weakref.ref(@, heard('w#'))",
    "weakref.proxy(@)",
    "weakref.proxy(@, heard('x#'))",
    "weakref.WeakValueDictionary({'k': @})",
    "weakref.WeakKeyDictionary({@: 1})",
    "weakref.WeakSet([@])",
    "weakref.finalize(@, print, 'finalize #')",
    "weakref.WeakMethod(@.me)",
    "@.me",
    "@.append",
    "@.x",
    "@.__class__",
    "iter(@)",
    "reversed(@)",
    "enumerate(@)",
    "zip(@, @)",
    "map(keeper, @)",
    "filter(None, @)",
    "ValueError($)",
    "types.SimpleNamespace(x=$)",
    "type('Made', (), {'x': $})",
    "type('Made', (Node,), {'__slots__': ('z',)})",
    "[@] * 3",
    "(@,) * 2",
    "[*@]",
    "(*@, @)",
    "@[:]",
    "@[0]",
    "@['k']",
    "dict(x=$)",
    "list((@,))",
    "tuple([@, $])",
    "@.copy()",
    "slice(@, 2)",
    "memoryview(bytearray(b'memory'))",
    "bytearray(2)",
    "property(@)",
    "classmethod(@)",
    "(@ if # % 2 else $)",
    "(@ or $)",
    "(@ and $)",
    "collections.deque([@, $])",
    "collections.defaultdict(list, {'k': @})",
    "collections.Counter('aab')",
    "collections.ChainMap({'k': @})",
    "itertools.chain([@], @)",
    "itertools.tee([@])",
    "itertools.repeat(@, 2)",
    "itertools.product([@], [1])",
    "@()",
    "@(@)",
    "keeper(@)(@)",
    "f'{@!r:.4}'",
    "vars(@)",
    "@.__dict__",
    "next(@)",
    "next(@, @)",
    "getattr(@, 'x', @)",
    "types.MethodType(keeper, @)",
    "types.MappingProxyType({'k': @})",
    "super(Node, @)",
    "object()",
    "list[@]",
    "Node.me",
    "Node.__init__.__get__(@)",
    "(y := @)",
    "sys.exc_info()",
    "sys._getframe()",
    "(lambda *p, **k: (p, k))(@, x=@)",
    "(lambda *p: p)(*@)",
    "dict(**@)",
    "@ + @",
    "@ == @",
    "@ in @",
    "not @",
    "@ is @",
    "Made(@)",
    "Made(@)",
    "Named(@, y=$)",
    "Pair(@, @)",
    "Chained(@)",
    "Unequal(@)",
    "Watched()",
    "Watched()",
    "Meta('Given', (), {'x': @})",
    "agen(@)",
    "agen($)",
    "drive(agen(@))",
    "drive(later(@))",
    "@.__anext__()",
    "ExceptionGroup('some', [ValueError(@), TypeError(1)])",
    "ExceptionGroup('one', [@])",
    "caught(@)",
    "caught($)",
    "itertools.cycle([@])",
    "itertools.count(@)",
    "itertools.islice(@, 2)",
    "itertools.groupby([@, @])",
    "itertools.zip_longest([@], @)",
    "itertools.accumulate([@])",
    "itertools.permutations([@, @])",
    "itertools.combinations([@, @], 1)",
    "itertools.pairwise([@, @])",
    "itertools.batched([@, @], 1)",
    "itertools.starmap(keeper, [(@,)])",
    "itertools.takewhile(bool, [@])",
    "collections.deque([@], 2)",
    "collections.UserList([@])",
    "collections.UserDict({'k': @})",
    "types.MappingProxyType(vars(@))",
    "memoryview(@)",
    "memoryview(b'bytes')[1:]",
    "range(#)",
    "frozenset([@])",
    "set(@)",
    "sorted(@, key=kind)",
    "max(@, @, key=kind)",
    "@.total",
    "@.total",
    "@.__next__",
    "@.__weakref__",
    "@.__init__",
    "@.__getitem__",
    "@.__class__.__mro__",
    "@.__class__.__subclasses__()",
    "getattr(@, 'y')",
    "isinstance(@, Node)",
    "hash(@) and 0",
    "dict.fromkeys([1, 2], @)",
    "{**@, 'z': @}",
    "{*@, 1}",
    "@ < @",
    "-@",
    "@[1:]",
    "@[-1]",
    "@[@]",
    "(@ if @ is @ else $)",
    "[x for x in [@, @] if x is not @]",
    "{k: v for k, v in [(1, @), (2, @)]}",
    "{x for x in [1, 2]}",
    "[[y for y in [x, @]] for x in range(2)]",
    "list(x for x in [@, @])",
    "any(x is @ for x in [@])",
    "(lambda x, /, y=@, *, z=@: (x, y, z))(@)",
    "functools.reduce(lambda x, y: x, [@, @])",
    "f'{len([@])}{@!s:.3}'",
    "gc.callbacks",
    "type(@)",
    "type(@)()",
    "copied(@)",
    "sum(x * 2.5 - 1 for x in range(3))",
    "[x * x % 3 // 2 + (x < 2) for x in range(4)]",
    "[2.0 * x + 0.5 - x * 1.5 for x in [1.0, 2.0, 3.0]]",
    "(~len([]), -len(gc.callbacks))",
    "(@ if 'text' else $)",
    "crossed(@)",
    "awaited(@)",
    "drive(awaited(@))",
    "delegating(@)",
    "emptied(@)",
    "t'{@}'",
    "t'a{@!r:>3}b{($)}'",
    "[*t'a{@}'][1].value",
    "plain(*@, k=@)",
    "plain(**@)",
    "Owner().method(@, x=@)",
    "Owner.of(@)",
    "Owner.alone(@)",
    "(@, *@, @)",
    "Dynamic().anything",
    "Sweeper()",
    "weakref.ref(@, lambda ref: print(gc.collect()))",
    "weakref.ref(fail.__code__.replace(co_name='c#'), heard('w#'))",
    "reckoned(#, #)",
    "reckoned(2.5, 0.5 * #)",
    "reckoned(&, &)",
    "weighed(&, &)",
    "weighed(@, @)",
    "looked(@, @)",
    "looked(Slotted(), @)",
    "placed(@, @)",
    "placed([@], @)",
    "drive(delegating(@))",
    "[x for x in delegating(@)]",
    "classed(@)",
    "@.__annotations__",
];

/// Statements of one line.
const LINES: &[&str] = &[
    "@ = $",
    "@ = $",
    "@ = $",
    "@ = $",
    "@ = @",
    "@ = @ = $",
    "@, @ = $, $",
    "@, @ = @, @",
    "@, *@ = @",
    "del @",
    "del @",
    "@.x = $",
    "@.x = @",
    "@.x = @",
    "@.y = @",
    "del @.x",
    "@.append($)",
    "@.append(@)",
    "@.append(@)",
    "@.extend(@)",
    "@.insert(0, @)",
    "@ = @.pop()",
    "@.clear()",
    "@ += [@]",
    "@[0] = @",
    "@[0:1] = [@, @]",
    "@['k'] = @",
    "@['k'] = $",
    "del @['k']",
    "del @[0]",
    "@.update(k=@)",
    "@.setdefault('s', $)",
    "@.remove(@)",
    "@.reverse()",
    "@.sort(key=kind)",
    "@ = next(@)",
    "print(type(next(@)).__name__)",
    "@ = @.send($)",
    "@ = @.send(None)",
    "@.close()",
    "@.throw(ValueError('thrown'))",
    "@.__dict__",
    "@.__dict__ = {'x': @}",
    "@.__class__ = Node",
    "@ = @()",
    "@ = @(@)",
    "@.x.x = @",
    "@.x.append(@)",
    "fail(@)",
    "raise ValueError(@)",
    "print(gc.collect())",
    "print(gc.collect(0))",
    "print(gc.collect(1))",
    "print(gc.collect())",
    "gc.freeze()",
    "gc.unfreeze()",
    "print(len(referents(@)))",
    "print(kinds(referents(@)))",
    "print(kinds(referrers(@)))",
    "print(@() is None)",
    "print(sys.getsizeof(@))",
    "print(gc.is_finalized(@))",
    "print(weakref.getweakrefcount(@))",
    "print(len(@))",
    "print(count(@))",
    "print(count($))",
    "print(sys.getrefcount([$]))",
    "print(sys.getrefcount(Node($)))",
    "print(count(@), @ is @)",
    "ashes.clear()",
    "assert @ is @, 'differ'",
    "print(gc.get_freeze_count() > 0)",
    "@.with_traceback(None)",
    "@ = @.__traceback__",
    "@ = @.__context__",
    "@ = @.tb_frame",
    "@ = @.gi_frame",
    "@ = @.f_locals",
    "@ = @.__closure__",
    "@.__closure__[0].cell_contents = @",
    "@.cell_contents = @",
    "@.__defaults__ = (@,)",
    "@ = @.__self__",
    "@.f_back",
    "@.clear()",
    "@ |= {'k': @}",
    "@ *= 2",
    "@.add_note('note')",
    "@.__cause__ = @",
    "print(*(type(x).__name__ for x in gc.garbage)); gc.garbage.clear()",
    "@.rotate(1)",
    "print(sum(type(x) is Node for x in gc.get_objects()))",
    "gc.set_threshold(#, 2)",
    "gc.set_threshold(0)",
    "print(gc.get_threshold(), gc.isenabled())",
    "gc.enable()",
    "gc.disable()",
    "gc.set_debug(gc.DEBUG_SAVEALL)",
    "gc.set_debug(0); print(len(gc.garbage)); gc.garbage.clear()",
    "gc.callbacks.append(phases)",
    "gc.callbacks.clear()",
    "print(len(gc.get_objects(0)) < 10 ** 6)",
    "print(referents(@) != [])",
    "@.total = $",
    "del @.total",
    "del @.__dict__",
    "@.__class__ = @.__class__",
    "@.__del__ = keeper",
    "Node.later = @",
    "Node.__del__ = lambda self: print('node dies')",
    "del Node.__del__",
    "del Node.later",
    "@.__kwdefaults__ = {'x': @}",
    "@.__annotations__ = {'x': @}",
    "@.__code__ = fail.__code__",
    "@.attach = @",
    "@ = @.f_locals['x']",
    "@ = @.tb_next",
    "@ = @.__cause__",
    "@ = @.gi_yieldfrom",
    "@ = @.ag_frame",
    "@ = @.cr_frame",
    "@ = @.__func__",
    "@ = @.exceptions",
    "@ = @.split(ValueError)",
    "@.athrow(ValueError)",
    "@ = @.asend(None)",
    "@.send(None)",
    "@.aclose().send(None)",
    "raise @ from @",
    "raise ExceptionGroup('g', [ValueError(@)])",
    "@.appendleft(@)",
    "@ = @.popleft()",
    "@.extendleft([@])",
    "@.add(@)",
    "@.discard(@)",
    "@ = @.popitem()",
    "@.move_to_end('k')",
    "@ = @.pop('k', None)",
    "@ = @.get('k')",
    "@ = list(@.items())",
    "@ = @.keys()",
    "@ = @.values()",
    "@ = @.union([1])",
    "@ = @.release()",
    "@ = @.detach()",
    "@ = @.peek()",
    "@ = @.alive",
    "@ -= @",
    "@ ^= @",
    "@ += @",
    "@[:] = []",
    "del @[:]",
    "@, (@, @) = $, ($, $)",
    "@ = (@ := $)",
    "print(f'{type(@).__name__:>5}{count(@)}')",
    "import keyword as @",
    "from collections import deque as @",
    "@: int = $",
    "lambda: (yield)",
    "print(gc.get_count()[1:])",
    "@ = weakref.getweakrefs(@)",
    "print(@.__callback__)",
    "@[0:1] = @",
    "w = crossed(@, heard('c#'))",
    "w = crossed(Mourned('c#'), ashes.append)",
    "w = crossed(Phoenix('c#'))",
    "w = crossed(@, lambda ref: print(gc.collect()))",
    "ring = [Phoenix('c#')]; ring.append(ring); del ring; print(gc.collect())",
    "ring = [weakref.ref(Node(), heard('c#'))]; ring.append(ring); del ring",
    "ring = Node(); ring.x = (ring, weakref.ref(ring, heard('c#'))); del ring; print(gc.collect())",
    "gc.set_debug(gc.DEBUG_COLLECTABLE)",
    "gc.set_debug(gc.DEBUG_STATS)",
    "gc.set_debug(0)",
    "for x, y in [(@, @)]: @ = y",
    "@.later = @",
    "print(gc.get_threshold(), gc.get_debug())",
    "gc.set_debug(gc.DEBUG_UNCOLLECTABLE)",
    "gc.callbacks.append(sweep)",
    "w = crossed(Sweeper())",
    "w = crossed(@, sweep)",
    "ashes.append(crossed(@, ashes.remove))",
    "Phoenix('p#'); ring = [ashes.pop(), Mourned('m#')]; ring.append(ring); del ring; print(gc.collect())",
    "ring = []; ring.append((ring,) * 2200); del ring; print(gc.collect())",
    "gc.collect(); @ = ((kind(@), #),); print(gc.collect(0))",
    "gc.collect(); gc.enable(); gc.set_threshold(2); @ = [[], [@], []]; gc.disable()",
    "gc.collect(); gc.enable(); gc.set_threshold(2); @ = [[], [@], []]; gc.set_threshold(99)",
    "crossed(Mourned('c#')); gc.enable(); gc.set_threshold(2); @ = [[], [@], []]; print(gc.collect())",
    "for x in range(99): e = [[x] for y in range(99)][::49]",
];

pub(crate) struct Grammar {
    random: Random,
    /// Numbers what is to be told apart.
    next: usize,
    functions: usize,
    /// What a version does not speak is not said, or in the nearest words it has.
    version: Version,
}

impl Grammar {
    pub(crate) fn new(seed: u64, version: Version) -> Grammar {
        Grammar { random: Random(seed), next: 0, functions: 0, version }
    }

    /// The body of a program.
    pub(crate) fn program(&mut self) -> Vec<Statement> {
        let future = self.random.below(8) == 0;
        let n = 8 + self.random.below(30);
        const FIRST: &[&str] = &["[]", "Node()", "{}", "Mourned('m#')", "keeper(1)", "walk(1)", "Slotted()", "Bag()", "[[]]", "later(2)"];
        let mut body: Vec<_> = ["a", "b", "c", "d"]
            .map(|name| {
                let first = self.random.of(FIRST);
                Line(format!("{name} = {}", self.fill(first, 1)))
            })
            .into();
        if self.random.below(4) == 0 {
            body.push(Line(format!("gc.set_threshold({}, 3, 3)", 20 + self.random.below(60))));
            body.push(Line("gc.enable()".to_owned()));
        }
        if future {
            body.insert(0, Line(FUTURE.to_owned()));
        }
        for _ in 0..n {
            let statement = self.statement(2);
            body.push(guarded(statement));
            body.push(Line("facts(globals())".to_owned()));
        }
        body
    }

    fn statement(&mut self, depth: usize) -> Statement {
        if depth == 0 || self.random.below(4) > 0 {
            return self.line();
        }
        match self.random.below(20) {
            0 => {
                let header = self.fill("for @ in @:", 0);
                let mut body = vec![Line("if i > 4: break".to_owned()), Line("i += 1".to_owned())];
                body.extend(self.body(depth));
                Block(vec![("if True:".to_owned(), vec![Line("i = 0".to_owned()), Block(vec![(header, body)])])])
            }
            1 => Block(vec![(self.fill("if @:", 0), self.body(depth)), ("else:".to_owned(), self.body(depth))]),
            2 => Block(vec![(self.fill("with Held($) as @:", 1), self.body(depth))]),
            3 | 4 => {
                let kept = self.fill("@ = error", 0);
                let mut handler = vec![Line(kept)];
                handler.extend(self.body(depth));
                let mut clauses = vec![("try:".to_owned(), self.body(depth)), ("except Exception as error:".to_owned(), handler)];
                if self.random.below(2) == 0 {
                    clauses.push(("finally:".to_owned(), self.body(depth)));
                }
                Block(clauses)
            }
            5 => Block(vec![(
                {
                    let header = self.random.of(&["match @:", "match @:", "match {'k': @}:"]);
                    self.fill(header, 0)
                },
                vec![Block(vec![
                    ("case [x, *y]:".to_owned(), self.body(depth)),
                    ("case {'k': x, **y}:".to_owned(), self.body(depth)),
                    ("case Node(x=y):".to_owned(), self.body(depth)),
                    ("case _:".to_owned(), self.body(depth)),
                ])],
            )]),
            6 => Block(vec![("for turn in range(30):".to_owned(), vec![self.line()])]),
            7 => {
                let class = self.fill("class @:", 0);
                Block(vec![(
                    class,
                    vec![
                        Line(self.fill("x = $", 1)),
                        Block(vec![("def me(self):".to_owned(), vec![Line(self.fill("return (self, __class__, @)", 0))])]),
                    ],
                )])
            }
            8 => {
                let except = if self.version >= Version::V3_11 { "except*" } else { "except" };
                Block(vec![
                    (self.fill("try:", 0), self.body(depth)),
                    (format!("{except} ValueError as error:"), vec![Line(self.fill("@ = error", 0))]),
                    (format!("{except} TypeError:"), self.body(depth)),
                ])
            }
            9 => self.class(),
            14 => Block(vec![
                ("def store():".to_owned(), vec![Line("global shared".to_owned()), Line(self.fill("shared = @", 0)), self.line()]),
                ("if True:".to_owned(), vec![Line("store()".to_owned()), Line("del shared".to_owned())]),
            ]),
            10 => {
                let made = self.fill("@ = [e for _ in range(3)]", 0);
                let keep = self.fill("a.append(lambda: (i, @))", 0);
                Block(vec![("for i in range(3):".to_owned(), vec![Line(keep), self.line()]), ("else:".to_owned(), vec![Line(made)])])
            }
            11 => Block(vec![("for i in range(40):".to_owned(), vec![Line(self.fill("e = [[]]; e[0].append(e); @ = $", 1))])]),
            12 => Block(vec![(self.fill("while @:", 0), vec![Line(self.fill("@ = None", 0)), self.line(), Line("break".to_owned())])]),
            13 => Block(vec![(self.fill("with Held($) as a, Held(@) as @:", 1), self.body(depth))]),
            _ => self.function(depth),
        }
    }

    /// A class with a parent, slots, a finalizer, a property or a metaclass, as chance has it.
    fn class(&mut self) -> Statement {
        let header = self.random.of(&[
            "class @(Node):",
            "class @(Bag):",
            "class @(Slotted):",
            "class @(metaclass=Meta):",
            "class @(Mourned, Node):",
            "class @(collections.deque):",
            "class @(collections.OrderedDict):",
            "class @(ValueError):",
            "class @(tuple):",
            "class @(weakref.ref):",
            "class @:",
        ]);
        let header = self.fill(header, 0);
        let mut body = Vec::new();
        for _ in 0..1 + self.random.below(3) {
            let line = self.random.of(&[
                "__slots__ = ('z',)",
                "__slots__ = ()",
                "x = $",
                "y = property(lambda self: (self, 1))",
                "z = Chained($)",
                "def __del__(self): print('made dies')",
                "def __init__(self, *a): self.z = self",
                "def __eq__(self, other): return False",
                "def __getattr__(self, name): return [self, name]",
                "def __init_subclass__(cls): cls.x = cls",
                "def __set_name__(self, owner, name): self.x = owner",
                "def __call__(self, *a): return self, super().__repr__",
                "w: int = 3",
                "w: @ = $",
                "type T = @; y = T.__value__",
            ]);
            let line = self.fill(line, 1);
            let line = if self.version < Version::V3_12 { line.replace("type T", "T").replace(".__value__", "") } else { line };
            body.push(Line(line));
        }
        Block(vec![(header, body)])
    }

    /// A function over locals of the same names, and its call.
    fn function(&mut self, depth: usize) -> Statement {
        self.functions += 1;
        let name = format!("f{}", self.functions);
        let mut body = vec![Line(self.fill("c = $", 1)), Line(self.fill("d = $", 1))];
        if self.random.below(3) == 0 {
            body.push(Block(vec![(self.fill("def e(x=$):", 1), vec![Line(self.fill("return (x, @, @)", 0))])]));
        }
        body.extend(self.body(depth));
        body.push(Line("facts(locals())".to_owned()));
        body.extend(self.body(depth));
        let end = self.random.of(&[
            "return @",
            "return $",
            "yield @",
            "return locals()",
            "return (lambda: (a, c))",
            "raise ValueError(@)",
            "pass",
            "yield from [@, @]",
        ]);
        body.push(Line(self.fill(end, 1)));
        let header = self.random.of(&["def", "def", "def", "async def"]);
        let call = self.random_call();
        let call = self.fill(call, 1).replace('~', &name);
        let yields = end.starts_with("yield from") && header == "async def";
        let header = if yields { "def" } else { header };
        // An asynchronous generator returns nothing.
        Block(vec![("if True:".to_owned(), vec![Block(vec![(format!("{header} {name}(a, b=None):"), body)]), Line(call)])])
    }

    fn random_call(&mut self) -> &'static str {
        self.random.of(&[
            "@ = ~(@)",
            "@ = ~($)",
            "~(@, @)",
            "@ = ~(*[@])",
            "@ = ~(b=@, a=$)",
            "@ = list(~(@))",
            "next(iter(~(@)))",
            "@ = ~(@).send(None)",
        ])
    }

    fn body(&mut self, depth: usize) -> Vec<Statement> {
        (0..1 + self.random.below(3)).map(|_| self.statement(depth - 1)).collect()
    }

    fn line(&mut self) -> Statement {
        let line = self.random.of(LINES);
        Line(self.fill(line, 2))
    }

    /// Puts names, numbers and expressions into a pattern.
    fn fill(&mut self, pattern: &str, depth: usize) -> String {
        let mut text = String::new();
        for c in pattern.chars() {
            match c {
                '@' => text.push_str(self.random.of(&["a", "a", "b", "b", "c", "d", "e", "f"])),
                '&' => text.push_str(self.random.of(&["7", "-1", "2.5", "0.5", "10 ** 9", "'text'", "''", "None", "True", "()"])),
                '#' => {
                    self.next += 1;
                    text.push_str(&self.next.to_string());
                }
                '$' if depth == 0 => text.push_str(self.random.of(&["a", "b", "c", "[]", "Node()"])),
                '$' => {
                    let expression = self.random.of(EXPRESSIONS);
                    let filled = self.fill(expression, depth - 1);
                    // Before there were templates, the same text is formatted.
                    let templates = self.version >= Version::V3_14;
                    // Before 3.12 no quote may stand within the same quotes.
                    let nested = expression.starts_with("t'") && filled.matches('\'').count() > 2;
                    let filled = if nested && self.version < Version::V3_12 { "'text'".to_owned() } else { filled };
                    text.push_str(&if templates { filled } else { filled.replace("t'{", "f'{").replace("t'a{", "f'a{") });
                }
                c => text.push(c),
            }
        }
        text
    }
}

/// What the statement raises is printed.
fn guarded(statement: Statement) -> Statement {
    Block(vec![("try:".to_owned(), vec![statement]), ("except Exception as error:".to_owned(), vec![Line("told(error)".to_owned())])])
}
