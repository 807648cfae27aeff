//! Syntax trees as plain data, for programs that look at them: a node knows its kind, its fields and its place.
//!
//! Kinds and fields are those of CPython's `Python.asdl`. One table a sum type is read in both directions: what [`Part::write`] makes,
//! [`Part::read`] takes. A tree that comes from outside is of the right shape, but need not make sense: see `validate.rs`.

use std::rc::Rc;

use crate::ast::*;
use crate::code::Const;
use crate::ir::Location;
use crate::lower::deeper;
use crate::source::Source;

/// What stands in a field.
#[derive(Clone, Debug)]
pub enum Value {
    /// An optional field that is empty.
    None,
    /// A number that is no constant, or a truth.
    Int(i64),
    /// An identifier.
    Name(Rc<str>),
    /// A constant of the program.
    Const(Const),
    /// Another node.
    Node(Box<Node>),
    /// Several of them.
    List(Vec<Value>),
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// The name of its class.
    pub kind: Rc<str>,
    /// Its fields, in order.
    pub fields: Vec<Value>,
    /// Its place, if its kind has one.
    pub loc: Option<Location>,
}

/// What writing needs to know.
pub(crate) struct Writer<'a> {
    pub(crate) source: &'a Source,
}

/// Gives the nodes that open scopes their numbers.
pub(crate) struct Ids(NodeId);

impl Ids {
    fn next(&mut self) -> NodeId {
        self.0 += 2;
        self.0
    }
}

/// A whole tree as data.
pub(crate) fn of(module: &Module, source: &Source) -> Node {
    match module.write(&Writer { source }) {
        Value::Node(node) => *node,
        _ => unreachable!("a module is written as a node"),
    }
}

/// A whole tree from data; nothing if the shape of a field is another.
pub(crate) fn module(node: Node) -> Option<Module> {
    Module::read(Value::Node(Box::new(node)), &mut Ids(2))
}

/// Something that can stand in a field. Reading gives nothing where the shape is another.
pub(crate) trait Part: Sized {
    fn write(&self, w: &Writer<'_>) -> Value;
    fn read(value: Value, ids: &mut Ids) -> Option<Self>;
}

fn node(kind: &str, fields: Vec<Value>, loc: Option<Location>) -> Value {
    Value::Node(Box::new(Node { kind: Rc::from(kind), fields, loc }))
}

fn into_node(value: Value) -> Option<Node> {
    match value {
        Value::Node(node) => Some(*node),
        _ => None,
    }
}

/// The next field.
fn take<T: Part>(fields: &mut std::vec::IntoIter<Value>, ids: &mut Ids) -> Option<T> {
    T::read(fields.next()?, ids)
}

impl Part for Name {
    fn write(&self, _: &Writer<'_>) -> Value {
        Value::Name(self.clone())
    }
    fn read(value: Value, _: &mut Ids) -> Option<Name> {
        match value {
            Value::Name(name) => Some(name),
            _ => None,
        }
    }
}

impl Part for Const {
    fn write(&self, _: &Writer<'_>) -> Value {
        Value::Const(self.clone())
    }
    fn read(value: Value, _: &mut Ids) -> Option<Const> {
        match value {
            Value::Const(value) => Some(value),
            _ => None,
        }
    }
}

macro_rules! numbers {
    ($($type:ty: $to:expr, $from:expr;)*) => {
        $(impl Part for $type {
            fn write(&self, _: &Writer<'_>) -> Value {
                let to: fn($type) -> i64 = $to;
                Value::Int(to(*self))
            }
            fn read(value: Value, _: &mut Ids) -> Option<$type> {
                let from: fn(i64) -> Option<$type> = $from;
                match value {
                    Value::Int(n) => from(n),
                    Value::None => from(0),
                    _ => None,
                }
            }
        })*
    };
}

numbers! {
    i32: i64::from, |n| i32::try_from(n).ok();
    u32: i64::from, |n| u32::try_from(n).ok();
    bool: i64::from, |n| Some(n != 0);
}

impl<T: Part> Part for Option<T> {
    fn write(&self, w: &Writer<'_>) -> Value {
        self.as_ref().map_or(Value::None, |part| part.write(w))
    }
    fn read(value: Value, ids: &mut Ids) -> Option<Option<T>> {
        match value {
            Value::None => Some(None),
            value => T::read(value, ids).map(Some),
        }
    }
}

impl<T: Part> Part for Box<T> {
    fn write(&self, w: &Writer<'_>) -> Value {
        (**self).write(w)
    }
    fn read(value: Value, ids: &mut Ids) -> Option<Box<T>> {
        T::read(value, ids).map(Box::new)
    }
}

impl<T: Part> Part for Vec<T> {
    fn write(&self, w: &Writer<'_>) -> Value {
        Value::List(self.iter().map(|part| part.write(w)).collect())
    }
    fn read(value: Value, ids: &mut Ids) -> Option<Vec<T>> {
        match value {
            Value::List(values) => values.into_iter().map(|value| T::read(value, ids)).collect(),
            _ => None,
        }
    }
}

/// Enums whose variants are called as the nodes are.
macro_rules! words {
    ($($enum:ident: $($variant:ident)*;)*) => {
        $(impl Part for $enum {
            fn write(&self, _: &Writer<'_>) -> Value {
                node(match self { $($enum::$variant => stringify!($variant),)* }, Vec::new(), None)
            }
            fn read(value: Value, _: &mut Ids) -> Option<$enum> {
                match &*into_node(value)?.kind {
                    $(stringify!($variant) => Some($enum::$variant),)*
                    _ => None,
                }
            }
        })*
    };
}

words! {
    Context: Load Store Del;
    BoolOp: And Or;
    BinOp: Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv;
    UnaryOp: Invert Not UAdd USub;
    CmpOp: Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn;
}

/// The variants of a sum type that have the fields of their nodes, in order.
macro_rules! plain {
    ($enum:ident: $($name:literal = $variant:ident $body:tt [$($field:ident)*];)*) => {
        impl $enum {
            fn write_plain(&self, w: &Writer<'_>) -> Option<(&'static str, Vec<Value>)> {
                Some(match self {
                    $($enum::$variant $body => ($name, vec![$($field.write(w)),*]),)*
                    #[allow(unreachable_patterns, reason = "a table may have all variants")]
                    _ => return None,
                })
            }

            fn read_plain(kind: &str, fields: &mut std::vec::IntoIter<Value>, ids: &mut Ids) -> Option<$enum> {
                Some(match kind {
                    $($name => {
                        $(let $field = take(fields, ids)?;)*
                        $enum::$variant $body
                    })*
                    _ => return None,
                })
            }
        }
    };
}

plain! { ExprKind:
    "BoolOp" = BoolOp { op, values } [op values];
    "NamedExpr" = Named { target, value } [target value];
    "BinOp" = BinOp { left, op, right } [left op right];
    "UnaryOp" = UnaryOp { op, operand } [op operand];
    "IfExp" = IfExp { test, body, orelse } [test body orelse];
    "Dict" = Dict { keys, values } [keys values];
    "Set" = Set (elts) [elts];
    "Await" = Await (value) [value];
    "Yield" = Yield (value) [value];
    "YieldFrom" = YieldFrom (value) [value];
    "Compare" = Compare { left, ops, comparators } [left ops comparators];
    "Call" = Call { func, args, keywords } [func args keywords];
    "FormattedValue" = FormattedValue { value, conversion, spec } [value conversion spec];
    "Interpolation" = Interpolation { value, text, conversion, spec } [value text conversion spec];
    "JoinedStr" = JoinedStr (values) [values];
    "TemplateStr" = TemplateStr (values) [values];
    "Attribute" = Attribute { value, attr, ctx } [value attr ctx];
    "Subscript" = Subscript { value, slice, ctx } [value slice ctx];
    "Starred" = Starred { value, ctx } [value ctx];
    "Name" = Name { id, ctx } [id ctx];
    "List" = List { elts, ctx } [elts ctx];
    "Tuple" = Tuple { elts, ctx } [elts ctx];
    "Slice" = Slice { lower, upper, step } [lower upper step];
}

plain! { StmtKind:
    "Return" = Return (value) [value];
    "Delete" = Delete (targets) [targets];
    "AugAssign" = AugAssign { target, op, value } [target op value];
    "While" = While { test, body, orelse } [test body orelse];
    "If" = If { test, body, orelse } [test body orelse];
    "Match" = Match { subject, cases } [subject cases];
    "Raise" = Raise { exc, cause } [exc cause];
    "Assert" = Assert { test, msg } [test msg];
    "Import" = Import (names) [names];
    "ImportFrom" = ImportFrom { module, names, level } [module names level];
    "Global" = Global (names) [names];
    "Nonlocal" = Nonlocal (names) [names];
    "Expr" = Expr (value) [value];
    "Pass" = Pass {} [];
    "Break" = Break {} [];
    "Continue" = Continue {} [];
}

plain! { PatternKind:
    "MatchValue" = Value (value) [value];
    "MatchSingleton" = Singleton (value) [value];
    "MatchSequence" = Sequence (patterns) [patterns];
    "MatchMapping" = Mapping { keys, patterns, rest } [keys patterns rest];
    "MatchClass" = Class { cls, patterns, kwd_attrs, kwd_patterns } [cls patterns kwd_attrs kwd_patterns];
    "MatchStar" = Star (name) [name];
    "MatchAs" = As { pattern, name } [pattern name];
    "MatchOr" = Or (patterns) [patterns];
}

/// Structs that have the fields of their nodes, in order, and a place or none.
macro_rules! structs {
    ($($struct:ident $name:literal [$($field:ident)*] $(+ $loc:ident)?;)*) => {
        $(impl Part for $struct {
            fn write(&self, w: &Writer<'_>) -> Value {
                let loc: Option<Location> = None $(.or(Some(self.$loc)))?;
                node($name, vec![$(self.$field.write(w)),*], loc)
            }
            fn read(value: Value, ids: &mut Ids) -> Option<$struct> {
                let node = into_node(value)?;
                let mut fields = node.fields.into_iter();
                $(let $field = take(&mut fields, ids)?;)*
                Some($struct { $($field,)* $($loc: node.loc.unwrap_or(Location::NONE),)? })
            }
        })*
    };
}

structs! {
    Generator "comprehension" [target iter ifs is_async];
    Keyword "keyword" [arg value] + loc;
    Alias "alias" [name asname] + loc;
    WithItem "withitem" [context vars];
    MatchCase "match_case" [pattern guard body];
    Handler "ExceptHandler" [kind name body] + loc;
}

impl Part for Arg {
    fn write(&self, w: &Writer<'_>) -> Value {
        node("arg", vec![self.name.write(w), self.annotation.write(w), Value::None], Some(self.loc))
    }
    fn read(value: Value, ids: &mut Ids) -> Option<Arg> {
        let node = into_node(value)?;
        let fields = &mut node.fields.into_iter();
        Some(Arg { name: take(fields, ids)?, annotation: take(fields, ids)?, loc: node.loc.unwrap_or(Location::NONE) })
    }
}

impl Part for Arguments {
    fn write(&self, w: &Writer<'_>) -> Value {
        let fields = vec![
            self.posonlyargs.write(w),
            self.args.write(w),
            self.vararg.write(w),
            self.kwonlyargs.write(w),
            self.kw_defaults.write(w),
            self.kwarg.write(w),
            self.defaults.write(w),
        ];
        node("arguments", fields, None)
    }
    fn read(value: Value, ids: &mut Ids) -> Option<Arguments> {
        let fields = &mut into_node(value)?.fields.into_iter();
        Some(Arguments {
            id: ids.next(),
            posonlyargs: take(fields, ids)?,
            args: take(fields, ids)?,
            vararg: take(fields, ids)?,
            kwonlyargs: take(fields, ids)?,
            kw_defaults: take(fields, ids)?,
            kwarg: take(fields, ids)?,
            defaults: take(fields, ids)?,
        })
    }
}

impl Part for TypeParam {
    fn write(&self, w: &Writer<'_>) -> Value {
        let (name, default) = (self.name.write(w), self.default.write(w));
        let (kind, fields) = match self.kind {
            TypeParamKind::TypeVar => ("TypeVar", vec![name, self.bound.write(w), default]),
            TypeParamKind::ParamSpec => ("ParamSpec", vec![name, default]),
            TypeParamKind::TypeVarTuple => ("TypeVarTuple", vec![name, default]),
        };
        node(kind, fields, Some(self.loc))
    }
    fn read(value: Value, ids: &mut Ids) -> Option<TypeParam> {
        let node = into_node(value)?;
        let kind = match &*node.kind {
            "TypeVar" => TypeParamKind::TypeVar,
            "ParamSpec" => TypeParamKind::ParamSpec,
            "TypeVarTuple" => TypeParamKind::TypeVarTuple,
            _ => return None,
        };
        let fields = &mut node.fields.into_iter();
        Some(TypeParam {
            id: ids.next(),
            kind,
            name: take(fields, ids)?,
            bound: if kind == TypeParamKind::TypeVar { take(fields, ids)? } else { None },
            default: take(fields, ids)?,
            loc: node.loc.unwrap_or(Location::NONE),
        })
    }
}

/// No list is an empty one.
fn write_type_params(params: &Option<TypeParams>, w: &Writer<'_>) -> Value {
    params.as_ref().map_or_else(|| Value::List(Vec::new()), |list| list.params.write(w))
}

fn take_type_params(fields: &mut std::vec::IntoIter<Value>, ids: &mut Ids) -> Option<Option<TypeParams>> {
    let id = ids.next();
    let params: Vec<TypeParam> = take(fields, ids)?;
    Some((!params.is_empty()).then_some(TypeParams { id, params }))
}

impl Part for Pattern {
    fn write(&self, w: &Writer<'_>) -> Value {
        deeper(|| match self.kind.write_plain(w) {
            Some((kind, fields)) => node(kind, fields, Some(self.loc)),
            None => Value::None,
        })
    }
    fn read(value: Value, ids: &mut Ids) -> Option<Pattern> {
        let node = into_node(value)?;
        let kind = deeper(|| PatternKind::read_plain(&node.kind, &mut node.fields.into_iter(), ids))?;
        Some(Pattern { kind, loc: node.loc.unwrap_or(Location::NONE) })
    }
}

impl Part for Expr {
    fn write(&self, w: &Writer<'_>) -> Value {
        deeper(|| {
            let (kind, fields) = match &self.kind {
                ExprKind::Lambda(lambda) => ("Lambda", vec![lambda.args.write(w), lambda.body.write(w)]),
                ExprKind::Comp(comp) => {
                    let kind = match comp.kind {
                        CompKind::Generator => "GeneratorExp",
                        CompKind::List => "ListComp",
                        CompKind::Set => "SetComp",
                        CompKind::Dict => "DictComp",
                    };
                    let value = comp.value.iter().map(|value| value.write(w));
                    (kind, std::iter::once(comp.elt.write(w)).chain(value).chain([comp.generators.write(w)]).collect())
                }
                ExprKind::Constant(value) => ("Constant", vec![value.write(w), self.prefix(w)]),
                plain => match plain.write_plain(w) {
                    Some(written) => written,
                    None => return Value::None,
                },
            };
            node(kind, fields, Some(self.loc))
        })
    }

    fn read(value: Value, ids: &mut Ids) -> Option<Expr> {
        deeper(|| {
            let node = into_node(value)?;
            let loc = node.loc.unwrap_or(Location::NONE);
            let fields = &mut node.fields.into_iter();
            let comp = match &*node.kind {
                "GeneratorExp" => Some(CompKind::Generator),
                "ListComp" => Some(CompKind::List),
                "SetComp" => Some(CompKind::Set),
                "DictComp" => Some(CompKind::Dict),
                _ => None,
            };
            let kind = match (&*node.kind, comp) {
                (_, Some(kind)) => ExprKind::Comp(Box::new(Comp {
                    id: ids.next(),
                    kind,
                    elt: take(fields, ids)?,
                    value: if kind == CompKind::Dict { Some(take(fields, ids)?) } else { None },
                    generators: take(fields, ids)?,
                })),
                ("Lambda", _) => {
                    let id = ids.next();
                    ExprKind::Lambda(Box::new(Lambda { id, args: take(fields, ids)?, body: take(fields, ids)? }))
                }
                ("Constant", _) => ExprKind::Constant(take(fields, ids)?),
                (kind, _) => ExprKind::read_plain(kind, fields, ids)?,
            };
            Some(Expr { kind, loc })
        })
    }
}

impl Expr {
    /// The `kind` of a constant: whether a text is written with a `u` in front.
    fn prefix(&self, w: &Writer<'_>) -> Value {
        let is_text = matches!(self.constant(), Some(Const::Str(_)));
        let line = if is_text { w.source.line(self.loc.line) } else { None };
        match line.and_then(|line| line.get(self.loc.col as usize..)).and_then(|text| text.chars().next()) {
            Some('u' | 'U') => Value::Const(Const::str("u")),
            _ => Value::None,
        }
    }
}

impl Part for Stmt {
    fn write(&self, w: &Writer<'_>) -> Value {
        deeper(|| {
            let none = Value::None;
            let (kind, fields) = match &self.kind {
                StmtKind::FunctionDef(def) => (
                    if def.is_async { "AsyncFunctionDef" } else { "FunctionDef" },
                    vec![
                        def.name.write(w),
                        def.args.write(w),
                        def.body.write(w),
                        def.decorators.write(w),
                        def.returns.write(w),
                        none,
                        write_type_params(&def.type_params, w),
                    ],
                ),
                StmtKind::ClassDef(def) => (
                    "ClassDef",
                    vec![
                        def.name.write(w),
                        def.bases.write(w),
                        def.keywords.write(w),
                        def.body.write(w),
                        def.decorators.write(w),
                        write_type_params(&def.type_params, w),
                    ],
                ),
                StmtKind::Assign { targets, value } => ("Assign", vec![targets.write(w), value.write(w), none]),
                StmtKind::TypeAlias(alias) => {
                    ("TypeAlias", vec![alias.name.write(w), write_type_params(&alias.type_params, w), alias.value.write(w)])
                }
                StmtKind::AnnAssign(assign) => {
                    ("AnnAssign", vec![assign.target.write(w), assign.annotation.write(w), assign.value.write(w), assign.simple.write(w)])
                }
                StmtKind::For(each) => (
                    if each.is_async { "AsyncFor" } else { "For" },
                    vec![each.target.write(w), each.iter.write(w), each.body.write(w), each.orelse.write(w), none],
                ),
                StmtKind::With(with) => {
                    (if with.is_async { "AsyncWith" } else { "With" }, vec![with.items.write(w), with.body.write(w), none])
                }
                StmtKind::Try(attempt) => (
                    if attempt.is_star { "TryStar" } else { "Try" },
                    vec![attempt.body.write(w), attempt.handlers.write(w), attempt.orelse.write(w), attempt.finalbody.write(w)],
                ),
                plain => match plain.write_plain(w) {
                    Some(written) => written,
                    None => return Value::None,
                },
            };
            node(kind, fields, Some(self.loc))
        })
    }

    fn read(value: Value, ids: &mut Ids) -> Option<Stmt> {
        deeper(|| {
            let node = into_node(value)?;
            let loc = node.loc.unwrap_or(Location::NONE);
            let kind = read_stmt(&node.kind, &mut node.fields.into_iter(), ids)?;
            Some(Stmt { kind, loc })
        })
    }
}

fn read_stmt(kind: &str, fields: &mut std::vec::IntoIter<Value>, ids: &mut Ids) -> Option<StmtKind> {
    Some(match kind {
        "FunctionDef" | "AsyncFunctionDef" => {
            let (id, is_async) = (ids.next(), kind == "AsyncFunctionDef");
            let (name, args, body) = (take(fields, ids)?, take(fields, ids)?, take(fields, ids)?);
            let (decorators, returns) = (take(fields, ids)?, take(fields, ids)?);
            fields.next();
            let type_params = take_type_params(fields, ids)?;
            StmtKind::FunctionDef(Box::new(FunctionDef { id, is_async, name, args, body, decorators, returns, type_params }))
        }
        "ClassDef" => {
            let id = ids.next();
            let (name, bases, keywords) = (take(fields, ids)?, take(fields, ids)?, take(fields, ids)?);
            let (body, decorators, type_params) = (take(fields, ids)?, take(fields, ids)?, take_type_params(fields, ids)?);
            StmtKind::ClassDef(Box::new(ClassDef { id, name, bases, keywords, body, decorators, type_params }))
        }
        "Assign" => StmtKind::Assign { targets: take(fields, ids)?, value: take(fields, ids)? },
        "TypeAlias" => {
            let id = ids.next();
            let (name, type_params, value) = (take(fields, ids)?, take_type_params(fields, ids)?, take(fields, ids)?);
            StmtKind::TypeAlias(Box::new(TypeAlias { id, name, type_params, value }))
        }
        "AnnAssign" => {
            let (target, annotation) = (take(fields, ids)?, take(fields, ids)?);
            StmtKind::AnnAssign(Box::new(AnnAssign { target, annotation, value: take(fields, ids)?, simple: take(fields, ids)? }))
        }
        "For" | "AsyncFor" => {
            let (target, iter) = (take(fields, ids)?, take(fields, ids)?);
            let is_async = kind == "AsyncFor";
            StmtKind::For(Box::new(For { is_async, target, iter, body: take(fields, ids)?, orelse: take(fields, ids)? }))
        }
        "With" | "AsyncWith" => {
            StmtKind::With(Box::new(With { is_async: kind == "AsyncWith", items: take(fields, ids)?, body: take(fields, ids)? }))
        }
        "Try" | "TryStar" => {
            let (body, handlers) = (take(fields, ids)?, take(fields, ids)?);
            let is_star = kind == "TryStar";
            StmtKind::Try(Box::new(Try { is_star, body, handlers, orelse: take(fields, ids)?, finalbody: take(fields, ids)? }))
        }
        kind => StmtKind::read_plain(kind, fields, ids)?,
    })
}

impl Part for Module {
    fn write(&self, w: &Writer<'_>) -> Value {
        match self {
            Module::Exec(body) => node("Module", vec![body.write(w), Value::List(Vec::new())], None),
            Module::Single(body) => node("Interactive", vec![body.write(w)], None),
            Module::Eval(body) => node("Expression", vec![body.write(w)], None),
        }
    }
    fn read(value: Value, ids: &mut Ids) -> Option<Module> {
        let node = into_node(value)?;
        let fields = &mut node.fields.into_iter();
        Some(match &*node.kind {
            "Module" => Module::Exec(take(fields, ids)?),
            "Interactive" => Module::Single(take(fields, ids)?),
            "Expression" => Module::Eval(take(fields, ids)?),
            _ => return None,
        })
    }
}
