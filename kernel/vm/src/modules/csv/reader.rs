//! `reader`: lines to rows, one character at a time through the states of `_csv.c`.

use std::cell::Cell;

use heap::{Obj, Slot};

use super::dialect::{self, Dialect};
use super::{dialect_of, error, kind, quoting};
use crate::class::{ClassSpec, GetSet, flags};
use crate::objects::leaf;
use crate::text::wtf8;
use crate::{Args, PyResult, Vm};

/// The payload of a reader.
pub(crate) struct Reader {
    lines: Slot,
    dialect: Slot,
    line_num: Cell<i64>,
}
crate::payload!(Reader, kind(83), { dialect, lines });

pub(crate) static READER: ClassSpec = ClassSpec {
    name: "_csv.reader",
    base: None,
    kind: kind(83),
    flags: flags::HAVE_GC,
    slots: |s| {
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[],
    getset: &[
        GetSet::member("dialect", |_, this| Ok(dialect_of(&own(this).dialect))),
        GetSet::member("line_num", |vm, this| Ok(vm.int(own(this).line_num.get()))),
    ],
    basicsize: 104,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Reader {
    this.get::<Reader>().expect("a reader's method is called on one")
}

pub(super) fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(lines) = args.get(0) else { return Err(vm.type_error("reader expected at least 1 argument, got 0")) };
    let lines = vm.iter(lines)?;
    let dialect = dialect::make(vm, args.get(1), args)?;
    Ok(vm.new_object(&vm.types.csv_reader, Reader { lines: lines.into(), dialect: dialect.into(), line_num: Cell::new(0) }))
}

/// Where in a row the reader is (`ParserState`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatCrnl,
    AfterEscapedCrnl,
}

/// A row under way.
struct Parser<'a> {
    vm: &'a Vm,
    dialect: &'a Dialect,
    state: State,
    field: Vec<u8>,
    chars: isize,
    /// The field did not begin with a quote.
    unquoted: bool,
    fields: Vec<Obj>,
}

fn next(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let reader = own(this);
    let held = dialect_of(&reader.dialect);
    let Some(lines) = reader.lines.get() else { return Ok(None) };
    let mut parser = Parser {
        vm,
        dialect: dialect::own(&held),
        state: State::StartRecord,
        field: Vec::new(),
        chars: 0,
        unquoted: false,
        fields: Vec::new(),
    };
    loop {
        let Some(line) = vm.next(&lines)? else {
            if !parser.field.is_empty() || parser.state == State::InQuotedField {
                if parser.dialect.strict {
                    return Err(error(vm, "unexpected end of data"));
                }
                parser.save()?;
                break;
            }
            return Ok(None);
        };
        let Some(text) = leaf::text(&line) else {
            let name = vm.type_name(&line);
            return Err(error(vm, format!("iterator should return strings, not {name} (the file should be opened in text mode)")));
        };
        reader.line_num.set(reader.line_num.get() + 1);
        for point in wtf8::code_points(text) {
            parser.feed(Some(point))?;
        }
        parser.feed(None)?;
        if parser.state == State::StartRecord {
            break;
        }
    }
    Ok(Some(vm.list(parser.fields)))
}

impl Parser<'_> {
    fn add(&mut self, point: u32) -> PyResult<()> {
        let limit = self.vm.state.csv_limit.get();
        if self.chars >= limit {
            return Err(error(self.vm, format!("field larger than field limit ({limit})")));
        }
        wtf8::push(&mut self.field, point);
        self.chars += 1;
        Ok(())
    }

    /// The field is complete.
    fn save(&mut self) -> PyResult<()> {
        let (text, unquoted) = (std::mem::take(&mut self.field), std::mem::take(&mut self.unquoted));
        self.chars = 0;
        let how = self.dialect.quoting;
        let mut value = self.vm.str_from_bytes(&text);
        if unquoted && text.is_empty() && matches!(how, quoting::NOTNULL | quoting::STRINGS) {
            value = self.vm.none();
        } else if unquoted && matches!(how, quoting::NONNUMERIC | quoting::STRINGS) {
            value = self.vm.call(&self.vm.types.float, &[value])?;
        }
        self.fields.push(value);
        Ok(())
    }

    /// One character, or the end of the line (`parse_process_char`).
    fn feed(&mut self, point: Option<u32>) -> PyResult<()> {
        let dialect = self.dialect;
        let line_end = matches!(point, None | Some(10 | 13));
        let after_line = if point.is_none() { State::StartRecord } else { State::EatCrnl };
        match self.state {
            State::StartRecord if point.is_none() => {}
            State::StartRecord if line_end => self.state = State::EatCrnl,
            State::StartRecord | State::StartField => {
                self.unquoted = true;
                match point {
                    _ if line_end => {
                        self.save()?;
                        self.state = after_line;
                    }
                    Some(c) if Some(c) == dialect.quotechar && dialect.quoting != quoting::NONE => {
                        self.unquoted = false;
                        self.state = State::InQuotedField;
                    }
                    Some(c) if Some(c) == dialect.escapechar => self.state = State::EscapedChar,
                    Some(32) if dialect.skipinitialspace => self.state = State::StartField,
                    Some(c) if c == dialect.delimiter => {
                        self.save()?;
                        self.state = State::StartField;
                    }
                    Some(c) => {
                        self.add(c)?;
                        self.state = State::InField;
                    }
                    None => {}
                }
            }
            State::EscapedChar => match point {
                Some(c @ (10 | 13)) => {
                    self.add(c)?;
                    self.state = State::AfterEscapedCrnl;
                }
                c => {
                    self.add(c.unwrap_or(10))?;
                    self.state = State::InField;
                }
            },
            State::AfterEscapedCrnl if point.is_none() => {}
            State::AfterEscapedCrnl | State::InField => match point {
                _ if line_end => {
                    self.save()?;
                    self.state = after_line;
                }
                Some(c) if Some(c) == dialect.escapechar => self.state = State::EscapedChar,
                Some(c) if c == dialect.delimiter => {
                    self.save()?;
                    self.state = State::StartField;
                }
                Some(c) => {
                    self.add(c)?;
                    self.state = State::InField;
                }
                None => {}
            },
            State::InQuotedField => match point {
                None => {}
                Some(c) if Some(c) == dialect.escapechar => self.state = State::EscapeInQuotedField,
                Some(c) if Some(c) == dialect.quotechar && dialect.quoting != quoting::NONE => {
                    self.state = if dialect.doublequote { State::QuoteInQuotedField } else { State::InField };
                }
                Some(c) => self.add(c)?,
            },
            State::EscapeInQuotedField => {
                self.add(point.unwrap_or(10))?;
                self.state = State::InQuotedField;
            }
            State::QuoteInQuotedField => match point {
                Some(c) if dialect.quoting != quoting::NONE && Some(c) == dialect.quotechar => {
                    self.add(c)?;
                    self.state = State::InQuotedField;
                }
                Some(c) if c == dialect.delimiter => {
                    self.save()?;
                    self.state = State::StartField;
                }
                _ if line_end => {
                    self.save()?;
                    self.state = after_line;
                }
                Some(c) if !dialect.strict => {
                    self.add(c)?;
                    self.state = State::InField;
                }
                _ => {
                    let character = |c: u32| String::from_utf8_lossy(&wtf8::collect([c])).into_owned();
                    let (delimiter, quote) = (character(dialect.delimiter), dialect.quotechar.map(character).unwrap_or_default());
                    return Err(error(self.vm, format!("'{delimiter}' expected after '{quote}'")));
                }
            },
            State::EatCrnl => match point {
                Some(10 | 13) => {}
                None => self.state = State::StartRecord,
                Some(_) => {
                    return Err(error(
                        self.vm,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            },
        }
        Ok(())
    }
}
