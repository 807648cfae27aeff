//! What an expression leads to, found on the living objects without calling anything: for completion, inspection and the magics.
//!
//! Names, attributes, literals, and items of builtin containers; IPython's `limited` evaluation reaches as far. Properties are read.

use std::rc::Rc;

use compile::tree::{Node, Value};
use compile::{Mode, Options};
use heap::{Kind, Obj};
use vm::Vm;

/// The object that an expression leads to. Nothing, if it does not stand, or would have to be run.
pub(crate) fn find(vm: &Vm, names: &Obj, expression: &str) -> Option<Obj> {
    let options = Options { version: vm.version, ..Options::default() };
    let (tree, _) = compile::parse_tree(expression.trim(), "<reached>", Mode::Eval, options, false).ok()?;
    match tree.fields.into_iter().next()? {
        Value::Node(body) => reach(vm, names, *body),
        _ => None,
    }
}

fn reach(vm: &Vm, names: &Obj, node: Node) -> Option<Obj> {
    let kind = Rc::clone(&node.kind);
    let mut fields = node.fields.iter().cloned();
    match &*kind {
        "Name" => {
            let Value::Name(name) = fields.next()? else { return None };
            let builtin = || vm.builtins.get().and_then(|builtins| vm.dict_get_str(&builtins, &name));
            vm.dict_get_str(names, &name).or_else(builtin)
        }
        "Attribute" => {
            let (Value::Node(owner), Value::Name(name)) = (fields.next()?, fields.next()?) else { return None };
            vm.getattr_str(&reach(vm, names, *owner)?, &name).ok()
        }
        "Subscript" => {
            let (Value::Node(container), Value::Node(key)) = (fields.next()?, fields.next()?) else { return None };
            let container = reach(vm, names, *container)?;
            // What these give for an item is written down; any other container's own code would run.
            let known = matches!(container.kind(), Kind::LIST | Kind::TUPLE | Kind::DICT | Kind::STR | Kind::BYTES);
            if !known || container.extra().is_some() {
                return None;
            }
            vm.getitem(&container, &reach(vm, names, *key)?).ok()
        }
        _ if is_literal(&node) => {
            let expression = Node { kind: "Expression".into(), fields: vec![Value::Node(Box::new(node))], loc: None };
            let code = compile::compile_tree(expression, "<reached>", Options { version: vm.version, ..Options::default() }).ok()?.code;
            vm.run_code(&vm.load_code(&code), names, names).ok()
        }
        _ => None,
    }
}

/// Whether an expression is written out in full: constants, and containers, signs and slices of them.
fn is_literal(node: &Node) -> bool {
    fn is_part(value: &Value) -> bool {
        match value {
            Value::Node(node) => is_literal(node),
            Value::List(parts) => parts.iter().all(is_part),
            Value::None | Value::Int(_) | Value::Const(_) => true,
            Value::Name(_) => false,
        }
    }
    let kinds = ["Constant", "List", "Tuple", "Set", "Dict", "UnaryOp", "Slice", "Load", "UAdd", "USub", "Invert", "Not"];
    // A constant's last field says whether it was written `u"…"`.
    kinds.contains(&&*node.kind) && (&*node.kind == "Constant" || node.fields.iter().all(is_part))
}

/// The expression that ends where a text ends: names, attributes, items, brackets. Nothing, if the text ends otherwise.
pub(crate) fn expression_before(text: &str) -> Option<String> {
    let (all, _) = compile::tokens::tokens(text);
    let marks = [ENDMARKER, NEWLINE, INDENT, DEDENT, COMMENT, NL];
    let tokens: Vec<_> = all.iter().filter(|token| !marks.contains(&token.kind) && !token.text.is_empty()).collect();
    let mut start = tokens.len();
    loop {
        let last = tokens.get(start.checked_sub(1)?)?;
        start = match (last.kind, last.text.as_str()) {
            (NAME, word) if !is_keyword(word) => start - 1,
            (NUMBER | STRING, _) => start - 1,
            (OP, ")" | "]" | "}") => {
                let mut depth = 0;
                let opening = tokens[..start].iter().rposition(|token| {
                    match token.text.as_str() {
                        ")" | "]" | "}" if token.kind == OP => depth += 1,
                        "(" | "[" | "{" if token.kind == OP => depth -= 1,
                        _ => {}
                    }
                    depth == 0
                })?;
                // Brackets right behind an operand are a call or an item.
                let before = opening.checked_sub(1).and_then(|at| tokens.get(at));
                let is_trailer = before.is_some_and(|token| match token.kind {
                    NAME => !is_keyword(&token.text),
                    OP => matches!(token.text.as_str(), ")" | "]" | "}"),
                    kind => kind == STRING,
                });
                if is_trailer {
                    start = opening;
                    continue;
                }
                opening
            }
            _ => return None,
        };
        if start == 0 || tokens[start - 1].kind != OP || tokens[start - 1].text != "." {
            break;
        }
        start -= 1;
    }
    // Tokens that touched do so again.
    let mut written = String::new();
    let mut end = None;
    for token in &tokens[start..] {
        if end.is_some_and(|end| end != token.start) {
            written.push(' ');
        }
        written += &token.text;
        end = Some(token.end);
    }
    Some(written)
}

fn is_keyword(word: &str) -> bool {
    vm::KEYWORDS.contains(&word) && !matches!(word, "None" | "True" | "False")
}

/// A key that can be written down where a text ends, as it would be written.
pub(crate) fn key_text(vm: &Vm, key: &Obj) -> Option<String> {
    matches!(key.kind(), Kind::STR | Kind::INT | Kind::BYTES | Kind::FLOAT | Kind::BOOL)
        .then(|| vm.repr_text(key).ok())
        .flatten()
        .filter(|text| text.len() <= LONGEST_KEY)
}

/// Longer keys are no help in a list.
const LONGEST_KEY: usize = 80;

/// Numbers of kinds, of the module `token`.
const ENDMARKER: u8 = 0;
const NAME: u8 = 1;
const NUMBER: u8 = 2;
const STRING: u8 = 3;
const NEWLINE: u8 = 4;
const INDENT: u8 = 5;
const DEDENT: u8 = 6;
const OP: u8 = 55;
const COMMENT: u8 = 65;
const NL: u8 = 66;
