//! `make_encoder` and the two ways to write a string: from objects to a text.

use std::cell::Cell;

use heap::{Dict, List, Obj, Slot, Tuple};

use super::{kind, signature};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::leaf;
use crate::{Args, PyResult, Raised, Signature, Vm};

pub(super) const ENCODE_ASCII: Method =
    Method::new("encode_basestring_ascii", |vm, _, args| encoded(vm, &args.pos()[0], true), Convention::One)
        .signature("($self, object, /)");
pub(super) const ENCODE: Method =
    Method::new("encode_basestring", |vm, _, args| encoded(vm, &args.pos()[0], false), Convention::One).signature("($self, object, /)");

fn encoded(vm: &Vm, obj: &Obj, ascii: bool) -> PyResult {
    match leaf::text(obj) {
        Some(text) => {
            let mut out = Vec::with_capacity(text.len() + 2);
            quote(&mut out, text, ascii);
            Ok(vm.str_from_bytes(&out))
        }
        None => Err(vm.type_error(format!("first argument must be a string, not {}", vm.type_name(obj)))),
    }
}

/// Writes a string in quotes.
fn quote(out: &mut Vec<u8>, text: &[u8], ascii: bool) {
    out.push(b'"');
    let mut rest = text;
    while let Some(&byte) = rest.first() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            8 => "\\b",
            12 => "\\f",
            _ => "",
        };
        if !escape.is_empty() {
            out.extend_from_slice(escape.as_bytes());
            rest = &rest[1..];
        } else if byte < 0x20 || (ascii && byte == 0x7f) {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
            rest = &rest[1..];
        } else if byte < 0x80 || !ascii {
            out.push(byte);
            rest = &rest[1..];
        } else {
            let width = if byte >= 0xf0 {
                4
            } else if byte >= 0xe0 {
                3
            } else {
                2
            };
            let (char, behind) = rest.split_at(width.min(rest.len()));
            rest = behind;
            for point in crate::text::wtf8::code_points(char) {
                if point >= 0x10000 {
                    let v = point - 0x10000;
                    out.extend_from_slice(format!("\\u{:04x}\\u{:04x}", 0xd800 | v >> 10, 0xdc00 | v & 0x3ff).as_bytes());
                } else {
                    out.extend_from_slice(format!("\\u{point:04x}").as_bytes());
                }
            }
        }
    }
    out.push(b'"');
}

/// The payload of an encoder.
pub(super) struct Encoder {
    markers: Slot,
    default: Slot,
    encoder: Slot,
    indent: Slot,
    key_separator: Slot,
    item_separator: Slot,
    sort_keys: Cell<bool>,
    skipkeys: Cell<bool>,
    allow_nan: bool,
    /// The encoder is one of this module's: whether it writes ASCII only.
    own_encoder: Option<bool>,
}

crate::payload!(Encoder, kind(113), { markers, default, encoder, indent, key_separator, item_separator });

pub(super) static ENCODER: ClassSpec = ClassSpec {
    name: "_json.Encoder",
    base: None,
    kind: kind(113),
    flags: flags::HAVE_GC | flags::HEAP_TYPE,
    slots: |s| {
        s.new.set(Some(new));
        s.call.set(Some(call));
    },
    methods: &[],
    getset: &[
        GetSet::member("markers", |vm, this| Ok(vm.slot_or_none(&own(this).markers))),
        GetSet::member("default", |vm, this| Ok(vm.slot_or_none(&own(this).default))),
        GetSet::member("encoder", |vm, this| Ok(vm.slot_or_none(&own(this).encoder))),
        GetSet::member("indent", |vm, this| Ok(vm.slot_or_none(&own(this).indent))),
        GetSet::member("key_separator", |vm, this| Ok(vm.slot_or_none(&own(this).key_separator))),
        GetSet::member("item_separator", |vm, this| Ok(vm.slot_or_none(&own(this).item_separator))),
        GetSet::member("sort_keys", |vm, this| Ok(vm.bool(own(this).sort_keys.get()))),
        GetSet::member("skipkeys", |vm, this| Ok(vm.bool(own(this).skipkeys.get()))),
    ],
    basicsize: 80,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Encoder {
    this.get::<Encoder>().expect("a method of an encoder gets one")
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = signature(
        "make_encoder",
        &["markers", "default", "encoder", "indent", "key_separator", "item_separator", "sort_keys", "skipkeys", "allow_nan"],
    );
    let given: [Option<&Obj>; 9] = args.bind(vm, &SIGNATURE)?;
    let [markers, default, encoder, indent, key, item, sort, skip, nan] = given.map(|arg| arg.expect("a required parameter is there"));
    if !markers.is(&vm.consts.none) && markers.get::<Dict>().is_none() {
        return Err(vm.type_error(format!("make_encoder() argument 1 must be dict or None, not {}", vm.type_name(markers))));
    }
    for (at, text) in [(5, key), (6, item)] {
        if leaf::text(text).is_none() {
            return Err(vm.type_error(format!("make_encoder() argument {at} must be str, not {}", vm.type_name(text))));
        }
    }
    let own_encoder = encoder.get::<BuiltinFunction>().and_then(|function| match function.method.name {
        "encode_basestring_ascii" => Some(true),
        "encode_basestring" => Some(false),
        _ => None,
    });
    let payload = Encoder {
        markers: markers.clone().into(),
        default: default.clone().into(),
        encoder: encoder.clone().into(),
        indent: indent.clone().into(),
        key_separator: key.clone().into(),
        item_separator: item.clone().into(),
        sort_keys: Cell::new(vm.is_true(sort)?),
        skipkeys: Cell::new(vm.is_true(skip)?),
        allow_nan: vm.is_true(nan)?,
        own_encoder,
    };
    Ok(vm.new_object(class, payload))
}

fn call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = signature("_iterencode", &["obj", "_current_indent_level"]);
    let [Some(obj), Some(level)] = args.bind(vm, &SIGNATURE)? else { unreachable!("two arguments are required") };
    let level = usize::try_from(vm.index_isize(level)?).unwrap_or(0);
    let encoder = own(this);
    let text = |slot: &Slot| slot.get().map_or_else(Vec::new, |obj| leaf::text(&obj).unwrap_or_default().to_vec());
    let mut writer = Writer {
        vm,
        encoder,
        key_separator: text(&encoder.key_separator),
        item_separator: text(&encoder.item_separator),
        indent: encoder.indent.get().filter(|indent| !indent.is(&vm.consts.none)).map(|indent| leaf::text_of(&indent).to_vec()),
        markers: encoder.markers.get().filter(|markers| !markers.is(&vm.consts.none)),
        out: Vec::new(),
    };
    writer.value(obj, level)?;
    let text = vm.str_from_bytes(&writer.out);
    Ok(vm.tuple(vec![text]))
}

/// A text being written.
struct Writer<'a> {
    vm: &'a Vm,
    encoder: &'a Encoder,
    key_separator: Vec<u8>,
    item_separator: Vec<u8>,
    indent: Option<Vec<u8>>,
    markers: Option<Obj>,
    out: Vec<u8>,
}

impl Writer<'_> {
    fn value(&mut self, obj: &Obj, level: usize) -> PyResult<()> {
        let (vm, consts) = (self.vm, &self.vm.consts);
        for (constant, word) in [(&consts.none, "null"), (&consts.true_, "true"), (&consts.false_, "false")] {
            if obj.is(constant) {
                self.out.extend_from_slice(word.as_bytes());
                return Ok(());
            }
        }
        if leaf::text(obj).is_some() {
            return self.string(obj);
        }
        if vm.is_kind_of(obj, &vm.types.int) {
            return vm.push_repr(&mut self.out, &leaf::plain(obj));
        }
        if let Some(value) = leaf::float(obj) {
            let text = self.float(value, obj)?;
            self.out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        if obj.get::<List>().is_some() || obj.get::<Tuple>().is_some() {
            return vm.guarded(" while encoding a JSON object", || self.list(obj, level));
        }
        if obj.get::<Dict>().is_some() {
            return vm.guarded(" while encoding a JSON object", || self.dict(obj, level));
        }
        self.marked(obj, |writer| {
            let made = vm.call(&vm.slot_or_none(&writer.encoder.default), std::slice::from_ref(obj))?;
            vm.guarded(" while encoding a JSON object", || writer.value(&made, level))
                .map_err(|raised| writer.noted(raised, || Ok(format!("when serializing {} object", writer.class_name(obj)))))
        })
    }

    /// Runs with the object among those that are being written: one that comes again is a circle.
    fn marked(&mut self, obj: &Obj, write: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        let vm = self.vm;
        let Some(markers) = self.markers.clone() else { return write(self) };
        let id = vm.uint(obj.id());
        if vm.dict_contains(&markers, &id)? {
            return Err(vm.value_error("Circular reference detected"));
        }
        vm.dict_set(&markers, &id, obj.clone())?;
        write(self)?;
        match vm.dict_remove(&markers, &id)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(&id)),
        }
    }

    fn class_name(&self, obj: &Obj) -> String {
        self.vm.full_class_name(&self.vm.class_of(obj))
    }

    fn noted(&self, raised: Raised, note: impl FnOnce() -> PyResult<String>) -> Raised {
        match note() {
            Ok(note) => {
                self.vm.add_note(&raised, &note);
                raised
            }
            Err(second) => second,
        }
    }

    fn string(&mut self, obj: &Obj) -> PyResult<()> {
        let vm = self.vm;
        if let Some(ascii) = self.encoder.own_encoder {
            quote(&mut self.out, leaf::text_of(obj), ascii);
            return Ok(());
        }
        let made = vm.call(&vm.slot_or_none(&self.encoder.encoder), std::slice::from_ref(obj))?;
        match leaf::text(&made) {
            Some(text) => {
                self.out.extend_from_slice(text);
                Ok(())
            }
            None => Err(vm.type_error(format!("encoder() must return a string, not {}", vm.type_name(&made)))),
        }
    }

    fn float(&self, value: f64, obj: &Obj) -> PyResult<String> {
        let vm = self.vm;
        if value.is_finite() {
            return vm.repr_text(&leaf::plain(obj));
        }
        if !self.encoder.allow_nan {
            return Err(vm.value_error(format!("Out of range float values are not JSON compliant: {}", vm.repr_text(obj)?)));
        }
        Ok(if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned())
    }

    /// A new line for the items at this level, if there is an indent.
    fn new_line(&mut self, level: usize) {
        if let Some(indent) = &self.indent {
            self.out.push(b'\n');
            (0..level).for_each(|_| self.out.extend_from_slice(indent));
        }
    }

    fn separate(&mut self, first: &mut bool, level: usize) {
        if !std::mem::take(first) {
            self.out.extend_from_slice(&self.item_separator);
        }
        self.new_line(level);
    }

    fn list(&mut self, obj: &Obj, level: usize) -> PyResult<()> {
        let item = |at: usize| match obj.get::<List>() {
            Some(list) => list.get(at),
            None => obj.get::<Tuple>().and_then(|tuple| tuple.items().get(at).cloned()),
        };
        if item(0).is_none() {
            self.out.extend_from_slice(b"[]");
            return Ok(());
        }
        self.marked(obj, |writer| {
            writer.out.push(b'[');
            let (mut at, mut first) = (0, true);
            while let Some(value) = item(at) {
                writer.separate(&mut first, level + 1);
                if let Err(raised) = writer.value(&value, level + 1) {
                    return Err(writer.noted(raised, || Ok(format!("when serializing {} item {at}", writer.class_name(obj)))));
                }
                at += 1;
            }
            writer.new_line(level);
            writer.out.push(b']');
            Ok(())
        })
    }

    fn dict(&mut self, obj: &Obj, level: usize) -> PyResult<()> {
        let vm = self.vm;
        if obj.get::<Dict>().is_none_or(Dict::is_empty) {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        self.marked(obj, |writer| {
            writer.out.push(b'{');
            let mut first = true;
            if writer.encoder.sort_keys.get() || obj.extra().is_some() {
                let items = vm.list_from(&vm.call_method(obj, "items", &[])?)?;
                if writer.encoder.sort_keys.get() {
                    vm.call_method(&items, "sort", &[])?;
                }
                for item in vm.to_vec(&items)? {
                    let Some([key, value]) = item.get::<Tuple>().map(Tuple::items) else {
                        return Err(vm.value_error("items must return 2-tuples"));
                    };
                    writer.entry(obj, key, value, &mut first, level + 1)?;
                }
            } else {
                let mut at = 0;
                while let Some((key, value)) = obj.get::<Dict>().and_then(|dict| dict.next_entry(&mut at)) {
                    writer.entry(obj, &key, &value, &mut first, level + 1)?;
                }
            }
            // All keys may have been skipped.
            if !first {
                writer.new_line(level);
            }
            writer.out.push(b'}');
            Ok(())
        })
    }

    fn entry(&mut self, owner: &Obj, key: &Obj, value: &Obj, first: &mut bool, level: usize) -> PyResult<()> {
        let (vm, consts) = (self.vm, &self.vm.consts);
        let text = if leaf::text(key).is_some() {
            key.clone()
        } else if let Some(number) = leaf::float(key) {
            vm.str(&self.float(number, key)?)
        } else if key.is(&consts.none) {
            vm.str("null")
        } else if key.is(&consts.true_) || key.is(&consts.false_) {
            vm.str(if key.is(&consts.true_) { "true" } else { "false" })
        } else if vm.is_kind_of(key, &vm.types.int) {
            vm.repr(&leaf::plain(key))?
        } else if self.encoder.skipkeys.get() {
            return Ok(());
        } else {
            return Err(vm.type_error(format!("keys must be str, int, float, bool or None, not {}", vm.type_name(key))));
        };
        self.separate(first, level);
        self.string(&text)?;
        self.out.extend_from_slice(&self.key_separator);
        self.value(value, level)
            .map_err(|raised| self.noted(raised, || Ok(format!("when serializing {} item {}", self.class_name(owner), vm.repr_text(key)?))))
    }
}
