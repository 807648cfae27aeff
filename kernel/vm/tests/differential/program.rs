//! A random program as a tree, so that it can be shrunk.

/// A statement.
#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Line(String),
    /// Clauses that belong together: each a header that ends with a colon, and what stands under it.
    Block(Vec<(String, Vec<Statement>)>),
}

/// Stands before everything else in a program: annotations are texts.
pub(crate) const FUTURE: &str = "from __future__ import annotations";

/// What the two interpreters are given.
pub(crate) fn text(prelude: &str, body: &[Statement]) -> String {
    let (first, body) = match body {
        [Statement::Line(line), rest @ ..] if line == FUTURE => (format!("{FUTURE}\n"), rest),
        all => (String::new(), all),
    };
    let mut text = first + prelude;
    write(body, 0, &mut text);
    // What is left dies in a known order.
    text.push_str("for name in 'abcdef':\n    globals().pop(name, None)\nprint('left:', gc.collect(), gc.collect())\nashes.clear()\n");
    text
}

fn write(body: &[Statement], depth: usize, text: &mut String) {
    let indent = "    ".repeat(depth);
    if body.is_empty() {
        text.push_str(&format!("{indent}pass\n"));
    }
    for statement in body {
        match statement {
            Statement::Line(line) => text.push_str(&format!("{indent}{line}\n")),
            Statement::Block(clauses) => {
                for (header, body) in clauses {
                    text.push_str(&format!("{indent}{header}\n"));
                    write(body, depth + 1, text);
                }
            }
        }
    }
}

/// Takes statements away as long as `differs` holds. Gives the smallest program found.
pub(crate) fn shrink(body: Vec<Statement>, differs: &mut dyn FnMut(&[Statement]) -> bool) -> Vec<Statement> {
    let mut smallest = body;
    let mut size = smallest.len().div_ceil(2);
    loop {
        let before = count(&smallest);
        let mut at = 0;
        while at < count(&smallest) {
            let mut less = smallest.clone();
            let mut skip = at;
            remove(&mut less, &mut skip, &mut size.clone());
            if count(&less) < count(&smallest) && differs(&less) {
                smallest = less;
            } else {
                at += size.max(1);
            }
        }
        if size <= 1 && count(&smallest) == before {
            return smallest;
        }
        size = (size / 2).max(1);
    }
}

fn count(body: &[Statement]) -> usize {
    let inside = |statement: &Statement| match statement {
        Statement::Line(_) => 0,
        Statement::Block(clauses) => clauses.iter().map(|(_, body)| count(body)).sum(),
    };
    body.iter().map(|statement| 1 + inside(statement)).sum()
}

/// Removes `n` statements after the first `skip`, counted in reading order; a block goes with all that is under it.
fn remove(body: &mut Vec<Statement>, skip: &mut usize, n: &mut usize) {
    let mut i = 0;
    while i < body.len() && *n > 0 {
        if *skip == 0 {
            body.remove(i);
            *n -= 1;
            continue;
        }
        *skip -= 1;
        if let Statement::Block(clauses) = &mut body[i] {
            clauses.iter_mut().for_each(|(_, inner)| remove(inner, skip, n));
        }
        i += 1;
    }
}
