//! The tree the compiler works on: CPython's `Python.asdl`, node for node.
//!
//! The parser's own tree is turned into this one, so that every later file can follow its twin in CPython.
//! A node that opens a scope carries a [`NodeId`], the key under which `scope` finds its symbols.

use crate::code::Const;
use crate::ir::Location;
use std::rc::Rc;

pub(crate) type Name = Rc<str>;
/// Two consecutive numbers belong to each node: its own, and one for a second scope hanging off it.
pub(crate) type NodeId = u32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    Load,
    Store,
    Del,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoolOp {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinOp {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompKind {
    Generator,
    List,
    Set,
    Dict,
}

#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    Named {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: BinOp,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda(Box<Lambda>),
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    Dict {
        keys: Vec<Option<Expr>>,
        values: Vec<Expr>,
    },
    Set(Vec<Expr>),
    Comp(Box<Comp>),
    Await(Box<Expr>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
    Compare {
        left: Box<Expr>,
        ops: Vec<CmpOp>,
        comparators: Vec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    /// `conversion` is the letter after `!`, or -1.
    FormattedValue {
        value: Box<Expr>,
        conversion: i32,
        spec: Option<Box<Expr>>,
    },
    Interpolation {
        value: Box<Expr>,
        text: Const,
        conversion: i32,
        spec: Option<Box<Expr>>,
    },
    JoinedStr(Vec<Expr>),
    TemplateStr(Vec<Expr>),
    Constant(Const),
    Attribute {
        value: Box<Expr>,
        attr: Name,
        ctx: Context,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
        ctx: Context,
    },
    Starred {
        value: Box<Expr>,
        ctx: Context,
    },
    Name {
        id: Name,
        ctx: Context,
    },
    List {
        elts: Vec<Expr>,
        ctx: Context,
    },
    Tuple {
        elts: Vec<Expr>,
        ctx: Context,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Lambda {
    pub(crate) id: NodeId,
    pub(crate) args: Arguments,
    pub(crate) body: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct Comp {
    pub(crate) id: NodeId,
    pub(crate) kind: CompKind,
    /// The element, or the key of a dict comprehension.
    pub(crate) elt: Expr,
    pub(crate) value: Option<Expr>,
    pub(crate) generators: Vec<Generator>,
}

#[derive(Debug, Clone)]
pub(crate) struct Generator {
    pub(crate) target: Expr,
    pub(crate) iter: Expr,
    pub(crate) ifs: Vec<Expr>,
    pub(crate) is_async: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Keyword {
    /// `None` is `**value`.
    pub(crate) arg: Option<Name>,
    pub(crate) value: Expr,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) id: NodeId,
    pub(crate) posonlyargs: Vec<Arg>,
    pub(crate) args: Vec<Arg>,
    pub(crate) vararg: Option<Box<Arg>>,
    pub(crate) kwonlyargs: Vec<Arg>,
    pub(crate) kw_defaults: Vec<Option<Expr>>,
    pub(crate) kwarg: Option<Box<Arg>>,
    pub(crate) defaults: Vec<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) struct Arg {
    pub(crate) name: Name,
    pub(crate) annotation: Option<Expr>,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone)]
pub(crate) struct Stmt {
    pub(crate) kind: StmtKind,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone)]
pub(crate) enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return(Option<Box<Expr>>),
    Delete(Vec<Expr>),
    Assign { targets: Vec<Expr>, value: Expr },
    TypeAlias(Box<TypeAlias>),
    AugAssign { target: Expr, op: BinOp, value: Expr },
    AnnAssign(Box<AnnAssign>),
    For(Box<For>),
    While { test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt> },
    If { test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt> },
    With(Box<With>),
    Match { subject: Expr, cases: Vec<MatchCase> },
    Raise { exc: Option<Expr>, cause: Option<Expr> },
    Try(Box<Try>),
    Assert { test: Expr, msg: Option<Expr> },
    Import(Vec<Alias>),
    ImportFrom { module: Option<Name>, names: Vec<Alias>, level: u32 },
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    Expr(Expr),
    Pass,
    Break,
    Continue,
}

#[derive(Debug, Clone)]
pub(crate) struct FunctionDef {
    pub(crate) id: NodeId,
    pub(crate) is_async: bool,
    pub(crate) name: Name,
    pub(crate) args: Arguments,
    pub(crate) body: Vec<Stmt>,
    pub(crate) decorators: Vec<Expr>,
    pub(crate) returns: Option<Expr>,
    pub(crate) type_params: Option<TypeParams>,
}

#[derive(Debug, Clone)]
pub(crate) struct ClassDef {
    pub(crate) id: NodeId,
    pub(crate) name: Name,
    pub(crate) bases: Vec<Expr>,
    pub(crate) keywords: Vec<Keyword>,
    pub(crate) body: Vec<Stmt>,
    pub(crate) decorators: Vec<Expr>,
    pub(crate) type_params: Option<TypeParams>,
}

#[derive(Debug, Clone)]
pub(crate) struct TypeAlias {
    pub(crate) id: NodeId,
    pub(crate) name: Expr,
    pub(crate) type_params: Option<TypeParams>,
    pub(crate) value: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct TypeParams {
    pub(crate) id: NodeId,
    pub(crate) params: Vec<TypeParam>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeParamKind {
    TypeVar,
    TypeVarTuple,
    ParamSpec,
}

#[derive(Debug, Clone)]
pub(crate) struct TypeParam {
    pub(crate) id: NodeId,
    pub(crate) kind: TypeParamKind,
    pub(crate) name: Name,
    pub(crate) bound: Option<Expr>,
    pub(crate) default: Option<Expr>,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone)]
pub(crate) struct AnnAssign {
    pub(crate) target: Expr,
    pub(crate) annotation: Expr,
    pub(crate) value: Option<Expr>,
    /// A bare name, not in parentheses: only those are stored in `__annotations__`.
    pub(crate) simple: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct For {
    pub(crate) is_async: bool,
    pub(crate) target: Expr,
    pub(crate) iter: Expr,
    pub(crate) body: Vec<Stmt>,
    pub(crate) orelse: Vec<Stmt>,
}

#[derive(Debug, Clone)]
pub(crate) struct With {
    pub(crate) is_async: bool,
    pub(crate) items: Vec<WithItem>,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Debug, Clone)]
pub(crate) struct WithItem {
    pub(crate) context: Expr,
    pub(crate) vars: Option<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) struct Try {
    pub(crate) is_star: bool,
    pub(crate) body: Vec<Stmt>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) orelse: Vec<Stmt>,
    pub(crate) finalbody: Vec<Stmt>,
}

#[derive(Debug, Clone)]
pub(crate) struct Handler {
    pub(crate) kind: Option<Expr>,
    pub(crate) name: Option<Name>,
    pub(crate) body: Vec<Stmt>,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone)]
pub(crate) struct Alias {
    pub(crate) name: Name,
    pub(crate) asname: Option<Name>,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone)]
pub(crate) struct MatchCase {
    pub(crate) pattern: Pattern,
    pub(crate) guard: Option<Expr>,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) kind: PatternKind,
    pub(crate) loc: Location,
}

#[derive(Debug, Clone)]
pub(crate) enum PatternKind {
    Value(Expr),
    Singleton(Const),
    Sequence(Vec<Pattern>),
    Mapping { keys: Vec<Expr>, patterns: Vec<Pattern>, rest: Option<Name> },
    Class { cls: Expr, patterns: Vec<Pattern>, kwd_attrs: Vec<Name>, kwd_patterns: Vec<Pattern> },
    Star(Option<Name>),
    As { pattern: Option<Box<Pattern>>, name: Option<Name> },
    Or(Vec<Pattern>),
}

#[derive(Debug, Clone)]
pub(crate) enum Module {
    Exec(Vec<Stmt>),
    Single(Vec<Stmt>),
    Eval(Box<Expr>),
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, loc: Location) -> Expr {
        Expr { kind, loc }
    }

    /// The value of a `Constant` node.
    pub(crate) fn constant(&self) -> Option<&Const> {
        match &self.kind {
            ExprKind::Constant(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn is_starred(&self) -> bool {
        matches!(self.kind, ExprKind::Starred { .. })
    }
}

/// The string a body begins with, CPython's `_PyAST_GetDocString`.
pub(crate) fn docstring(body: &[Stmt]) -> Option<(&Const, Location)> {
    let StmtKind::Expr(value) = &body.first()?.kind else { return None };
    match value.constant()? {
        text @ Const::Str(_) => Some((text, value.loc)),
        _ => None,
    }
}
