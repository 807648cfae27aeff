//! How deep the parser would call itself: counted before it does, where its stack cannot grow.
//!
//! Brackets are limited as CPython limits them. What else nests in one line is what stands before its operand (`- - -1`, `not not x`, `lambda: lambda: 0`)
//! and what takes all that follows for its right side (`2 ** 2 ** 2`, `a if b else c if d else e`). Natively there is a stack for more than CPython allows; a
//! browser's cannot be had larger, and a program that ran over its end would end the machine.

use crate::error::{ErrorKind, SyntaxError};
use crate::ir::Location;
use crate::lower::Result;
use crate::source::Source;
use crate::tokenize::{Kind, Token, tokenize};

/// Deeper than this the parser does not go in a browser.
const MAX_NESTING: usize = 400;

/// What makes a level.
const WORDS: [&str; 4] = ["not", "lambda", "await", "else"];

/// Refuses a text that would nest too deeply.
pub(crate) fn limit(source: &Source) -> Result<()> {
    if !cfg!(target_arch = "wasm32") || could_be(&source.text) <= MAX_NESTING {
        return Ok(());
    }
    match deepest(&source.text, &tokenize(&source.text, true).0) > MAX_NESTING {
        true => Err(SyntaxError::new(ErrorKind::Recursion, "maximum recursion depth exceeded during compilation", Location::NONE)),
        false => Ok(()),
    }
}

/// No less than how deep a text can be; quickly found.
fn could_be(text: &str) -> usize {
    let operators = text.bytes().filter(|byte| b"-+~*([{".contains(byte)).count();
    operators + WORDS.iter().map(|word| text.matches(word).count()).sum::<usize>()
}

/// The levels that are open in one pair of brackets.
#[derive(Default, Clone, Copy)]
struct Open {
    /// What stands before an operand that has not come.
    before: usize,
    /// What takes all that follows.
    behind: usize,
    lambdas: usize,
}

fn deepest(text: &str, tokens: &[Token]) -> usize {
    let mut outer: Vec<Open> = Vec::new();
    let (mut open, mut deepest, mut below) = (Open::default(), 0, 0);
    let mut after_operand = false;
    for token in tokens {
        let said = &text[token.start.min(text.len())..token.end.min(text.len())];
        let is_prefix = !after_operand && matches!(said, "-" | "+" | "~" | "not" | "await");
        after_operand = match (token.kind, said) {
            (Kind::Newline, _) => {
                open = Open::default();
                false
            }
            (Kind::Op, "(" | "[" | "{") => {
                below += open.before + open.behind + open.lambdas + 1;
                outer.push(open);
                open = Open::default();
                false
            }
            (Kind::Op, ")" | "]" | "}") => {
                open = outer.pop().unwrap_or_default();
                below = outer.iter().map(|open| open.before + open.behind + open.lambdas + 1).sum();
                open.before = 0;
                true
            }
            (Kind::Op, "," | ";") => {
                open = Open { lambdas: open.lambdas, ..Open::default() };
                false
            }
            _ if is_prefix => {
                open.before += 1;
                false
            }
            (Kind::Name, "lambda") => {
                open.lambdas += 1;
                false
            }
            (Kind::Op, "**") | (Kind::Name, "else") => {
                open.behind += 1;
                false
            }
            (Kind::Op, _) | (Kind::Name, "if" | "and" | "or" | "in" | "is" | "not" | "for" | "return" | "yield" | "assert" | "del") => {
                false
            }
            (Kind::Name | Kind::Number | Kind::String | Kind::FStringEnd | Kind::TStringEnd, _) => {
                open.before = 0;
                true
            }
            _ => after_operand,
        };
        deepest = deepest.max(below + open.before + open.behind + open.lambdas);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::{WORDS, could_be, deepest};
    use crate::tokenize::tokenize;

    #[track_caller]
    fn check(text: &str, depth: usize) {
        assert_eq!(deepest(text, &tokenize(text, true).0), depth, "{text}");
        assert!(could_be(text) >= depth, "{text}");
    }

    #[test]
    fn each_way_to_nest_is_counted() {
        check("x = 1 - 2 + -3 * f(-4, -5)\n", 2);
        check("- - - -1\n", 4);
        check("not not not x and not y\n", 3);
        check("((-1))\n", 3);
        check("2 ** 3 ** 4, 2 ** 3\n", 2);
        check("a if b else c if d else e\nx if y else z\n", 2);
        check("lambda x, y: lambda: lambda z: -1\n", 4);
        check("'- - - - -'  # - - -\n", 0);
        assert!(WORDS.iter().all(|word| could_be(word) > 0));
    }
}
