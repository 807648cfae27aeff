//! `writer`: rows to lines. A field is quoted when its text, or the dialect, asks for it.

use heap::{Obj, Slot};

use super::dialect::{self, Dialect};
use super::{dialect_of, error, kind, quoting};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::leaf;
use crate::text::wtf8;
use crate::{Args, PyResult, Vm};

/// The payload of a writer.
pub(crate) struct Writer {
    write: Slot,
    dialect: Slot,
}
crate::payload!(Writer, kind(84), { dialect, write });

pub(crate) static WRITER: ClassSpec = ClassSpec {
    name: "_csv.writer",
    base: None,
    kind: kind(84),
    flags: flags::HAVE_GC,
    slots: |_| {},
    methods: &[
        Method::new("writerow", |vm, this, args| writerow(vm, this, &args.pos()[0]), Convention::One).signature("($self, row, /)"),
        Method::new(
            "writerows",
            |vm, this, args| {
                vm.iterate(&args.pos()[0], &mut |row| writerow(vm, this, &row).map(drop))?;
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($self, rows, /)"),
    ],
    getset: &[GetSet::member("dialect", |_, this| Ok(dialect_of(&own(this).dialect)))],
    basicsize: 80,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Writer {
    this.get::<Writer>().expect("a writer's method is called on one")
}

pub(super) fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(file) = args.get(0) else { return Err(vm.type_error("writer expected at least 1 argument, got 0")) };
    let dialect = dialect::make(vm, args.get(1), args)?;
    let write = vm.getattr_opt_str(file, "write")?.filter(|write| vm.is_callable(write));
    let Some(write) = write else { return Err(vm.type_error("argument 1 must have a \"write\" method")) };
    Ok(vm.new_object(&vm.types.csv_writer, Writer { write: write.into(), dialect: dialect.into() }))
}

fn writerow(vm: &Vm, this: &Obj, row: &Obj) -> PyResult {
    let held = dialect_of(&own(this).dialect);
    let dialect = dialect::own(&held);
    let iterator = vm.iter(row).map_err(|raised| {
        if raised.is(vm, &vm.types.type_error) { error(vm, format!("iterable expected, not {}", vm.type_name(row))) } else { raised }
    })?;
    let (mut line, mut fields, mut null) = (Vec::new(), 0, false);
    while let Some(field) = vm.next(&iterator)? {
        null = field.is(&vm.consts.none);
        let number = leaf::integer(&field).is_some() || leaf::float(&field).is_some();
        let quoted = match dialect.quoting {
            quoting::NONNUMERIC => !number,
            quoting::ALL => true,
            quoting::STRINGS => leaf::text(&field).is_some(),
            quoting::NOTNULL => !null,
            _ => false,
        };
        let text = if null { vm.consts.empty_str.clone() } else { vm.str_of(&field)? };
        if fields > 0 {
            wtf8::push(&mut line, dialect.delimiter);
        }
        append(vm, dialect, leaf::text_of(&text), quoted, &mut line)?;
        fields += 1;
    }
    // A row of one empty field must not look like an empty row.
    if fields == 1 && line.is_empty() {
        if dialect.quoting == quoting::NONE || (null && matches!(dialect.quoting, quoting::STRINGS | quoting::NOTNULL)) {
            return Err(error(vm, "single empty field record must be quoted"));
        }
        append(vm, dialect, b"", true, &mut line)?;
    }
    line.extend_from_slice(&dialect.lineterminator);
    let line = vm.str_from_bytes(&line);
    match own(this).write.get() {
        Some(write) => vm.call(&write, &[line]),
        None => Ok(vm.none()),
    }
}

/// `join_append_data`: adds one field, escaped and quoted as needed.
fn append(vm: &Vm, dialect: &Dialect, text: &[u8], quoted: bool, line: &mut Vec<u8>) -> PyResult<()> {
    let (mut quoted, mut field) = (quoted, Vec::with_capacity(text.len()));
    let need_escape = || error(vm, "need to escape, but no escapechar set");
    for point in wtf8::code_points(text) {
        let special = point == dialect.delimiter
            || Some(point) == dialect.escapechar
            || Some(point) == dialect.quotechar
            || matches!(point, 10 | 13)
            || wtf8::code_points(&dialect.lineterminator).any(|end| end == point);
        if special {
            let mut escape = false;
            if dialect.quoting == quoting::NONE {
                escape = true;
            } else if Some(point) == dialect.quotechar {
                if dialect.doublequote {
                    wtf8::push(&mut field, point);
                } else {
                    escape = true;
                }
            } else if Some(point) == dialect.escapechar {
                escape = true;
            }
            if escape {
                wtf8::push(&mut field, dialect.escapechar.ok_or_else(need_escape)?);
            } else {
                quoted = true;
            }
        }
        wtf8::push(&mut field, point);
    }
    if text.is_empty() && dialect.delimiter == 32 && dialect.skipinitialspace {
        if dialect.quoting == quoting::NONE {
            return Err(error(vm, "empty field must be quoted if delimiter is a space and skipinitialspace is true"));
        }
        quoted = true;
    }
    match dialect.quotechar.filter(|_| quoted) {
        Some(quote) => {
            wtf8::push(line, quote);
            line.extend(field);
            wtf8::push(line, quote);
        }
        None => line.extend(field),
    }
    Ok(())
}
