//! `_codecs`: the registry of encodings and error handlers, and the codecs that CPython has in C (`Modules/_codecsmodule.c`).

use heap::{Obj, Str, Tuple};

use super::ModuleSpec;
use crate::objects::leaf::{integer, text, text_of};
use crate::text::encoding::{Encoding, Handler, Order, Problem};
use crate::text::integer::Integer;
use crate::text::wtf8::{self, code_points, push};
use crate::{Args, Convention, Method, PyResult, Signature, Vm};

use Convention::{Keywords, One, Positional};

macro_rules! codecs {
    ($($encode:literal $more:literal, $decode:literal $last:literal, $encoding:expr;)*) => {
        &[
            Method::new("register", register, One).signature("($module, search_function, /)"),
            Method::new("unregister", unregister, One).signature("($module, search_function, /)"),
            Method::new("lookup", |vm, _, args| vm.lookup_codec(&args.pos()[0]), One).signature("($module, encoding, /)"),
            Method::new("encode", |vm, _, args| by_name(vm, args, "encode", 0), Keywords).signature("($module, /, obj, encoding='utf-8', errors='strict')"),
            Method::new("decode", |vm, _, args| by_name(vm, args, "decode", 1), Keywords).signature("($module, /, obj, encoding='utf-8', errors='strict')"),
            Method::new("register_error", register_error, Positional).signature("($module, errors, handler, /)"),
            Method::new("lookup_error", lookup_error, One).signature("($module, name, /)"),
            Method::new("charmap_encode", charmap_encode, Positional).signature("($module, str, errors=None, mapping=None, /)"),
            Method::new("charmap_decode", charmap_decode, Positional).signature("($module, data, errors=None, mapping=None, /)"),
            Method::new("charmap_build", charmap_build, One).signature("($module, map, /)"),
            Method::new("readbuffer_encode", readbuffer_encode, Positional).signature("($module, data, errors=None, /)"),
            $(
                Method::new($encode, |vm, _, args| encode(vm, args, $encode, $encoding), Positional)
                    .signature(concat!("($module, str, errors=None", $more, ", /)")),
                Method::new($decode, |vm, _, args| decode(vm, args, $decode, $encoding), Positional)
                    .signature(concat!("($module, data, errors=None", $last, ", /)")),
            )*
        ]
    };
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_codecs",
    functions: codecs! {
        "utf_8_encode" "", "utf_8_decode" ", final=False", Encoding::Utf8;
        "latin_1_encode" "", "latin_1_decode" "", Encoding::Latin1;
        "ascii_encode" "", "ascii_decode" "", Encoding::Ascii;
        "utf_16_encode" ", byteorder=0", "utf_16_decode" ", final=False", Encoding::Utf16(Order::Mark);
        "utf_16_le_encode" "", "utf_16_le_decode" ", final=False", Encoding::Utf16(Order::Little);
        "utf_16_be_encode" "", "utf_16_be_decode" ", final=False", Encoding::Utf16(Order::Big);
        "utf_32_encode" ", byteorder=0", "utf_32_decode" ", final=False", Encoding::Utf32(Order::Mark);
        "utf_32_le_encode" "", "utf_32_le_decode" ", final=False", Encoding::Utf32(Order::Little);
        "utf_32_be_encode" "", "utf_32_be_decode" ", final=False", Encoding::Utf32(Order::Big);
        "unicode_escape_encode" "", "unicode_escape_decode" ", final=True", Encoding::UnicodeEscape;
        "raw_unicode_escape_encode" "", "raw_unicode_escape_decode" ", final=True", Encoding::RawUnicodeEscape;
    },
    init: |_, _| Ok(()),
};

fn register(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let search = &args.pos()[0];
    if !vm.is_callable(search) {
        return Err(vm.type_error("argument must be callable"));
    }
    vm.text.search.borrow_mut().push(search.clone());
    Ok(vm.none())
}

fn unregister(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let at = vm.text.search.borrow().iter().position(|search| search.is(&args.pos()[0]));
    let gone = at.map(|at| vm.text.search.borrow_mut().remove(at));
    let cached = std::mem::take(&mut *vm.text.codecs.borrow_mut());
    drop((gone, cached));
    Ok(vm.none())
}

fn register_error(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "register_error", 2, 2)?;
    let name = name_of(vm, &args[0], "register_error")?;
    if !vm.is_callable(&args[1]) {
        return Err(vm.type_error("handler must be callable"));
    }
    vm.register_error_handler(&name, &args[1]);
    Ok(vm.none())
}

fn name_of(vm: &Vm, obj: &Obj, function: &str) -> PyResult<String> {
    text(obj).map(wtf8::lossy).ok_or_else(|| vm.type_error(format!("{function}() argument 1 must be str, not {}", vm.type_name(obj))))
}

/// The built-in handlers as functions: each takes an exception and gives `(substitute, position)`.
static HANDLERS: [Method; 8] = [
    Method::new("strict_errors", |vm, _, args| handle(vm, args, Handler::Strict), One),
    Method::new("ignore_errors", |vm, _, args| handle(vm, args, Handler::Ignore), One),
    Method::new("replace_errors", |vm, _, args| handle(vm, args, Handler::Replace), One),
    Method::new("backslashreplace_errors", |vm, _, args| handle(vm, args, Handler::BackslashReplace), One),
    Method::new("xmlcharrefreplace_errors", |vm, _, args| handle(vm, args, Handler::XmlCharRefReplace), One),
    Method::new("surrogateescape", |vm, _, args| handle(vm, args, Handler::SurrogateEscape), One),
    Method::new("surrogatepass", |vm, _, args| handle(vm, args, Handler::SurrogatePass), One),
    Method::new("namereplace_errors", |vm, _, args| handle(vm, args, Handler::NameReplace), One),
];

fn lookup_error(vm: &Vm, module: &Obj, args: Args<'_>) -> PyResult {
    let name = name_of(vm, &args.pos()[0], "lookup_error")?;
    let found = vm.text.handlers.borrow().get(&name).cloned();
    if let Some(found) = found {
        return Ok(found);
    }
    let Some(handler) = Handler::named(&name) else { return Err(vm.lookup_error(format!("unknown error handler name '{name}'"))) };
    Ok(vm.builtin_function(&HANDLERS[handler as usize], module, "_codecs"))
}

fn handle(vm: &Vm, args: Args<'_>, handler: Handler) -> PyResult {
    let error = &args.pos()[0];
    let wrong = || vm.type_error(format!("don't know how to handle {} in error callback", vm.type_name(error)));
    let encoding = vm.is_kind_of(error, &vm.types.unicode_encode_error) || vm.is_kind_of(error, &vm.types.unicode_translate_error);
    if !encoding && !vm.is_kind_of(error, &vm.types.unicode_decode_error) {
        return Err(if handler == Handler::Strict && vm.is_kind_of(error, &vm.types.base_exception) {
            crate::Raised(error.clone())
        } else if handler == Handler::Strict {
            vm.type_error("codec must pass exception instance")
        } else {
            wrong()
        });
    }
    let object = vm.getattr_str(error, "object")?;
    let start = usize::try_from(vm.index_isize(&vm.getattr_str(error, "start")?)?).unwrap_or(0);
    let end = usize::try_from(vm.index_isize(&vm.getattr_str(error, "end")?)?).unwrap_or(0);
    let name = if vm.is_kind_of(error, &vm.types.unicode_translate_error) {
        String::new()
    } else {
        vm.text_of(&vm.getattr_str(error, "encoding")?)?
    };
    if encoding {
        let Some(source) = text(&object) else { return Err(wrong()) };
        let all: Vec<u32> = code_points(source).skip(start).take(end.saturating_sub(start)).collect();
        return match handler.encode(&name, &all) {
            Some((crate::text::encoding::Patch::Text(text), n)) => Ok(vm.tuple(vec![vm.str_from_bytes(&text), vm.int((start + n) as i64)])),
            Some((crate::text::encoding::Patch::Bytes(data), n)) => Ok(vm.tuple(vec![vm.bytes(&data), vm.int((start + n) as i64)])),
            None => Err(crate::Raised(error.clone())),
        };
    }
    let data = vm.need_bytes(&object)?;
    match handler.decode(&name, &data, start.min(data.len()), end.min(data.len())) {
        Some((text, place)) => Ok(vm.tuple(vec![vm.str_from_bytes(&text), vm.int(place as i64)])),
        None => Err(crate::Raised(error.clone())),
    }
}

fn errors_of(vm: &Vm, obj: Option<&Obj>, function: &str) -> PyResult<Option<Obj>> {
    match obj.filter(|obj| !obj.is(&vm.consts.none)) {
        Some(obj) if text(obj).is_none() => {
            Err(vm.type_error(format!("{function}() argument 2 must be str or None, not {}", vm.type_name(obj))))
        }
        other => Ok(other.cloned()),
    }
}

fn encode(vm: &Vm, args: Args<'_>, name: &str, encoding: Encoding) -> PyResult {
    let args = args.check(vm, name, 1, 3)?;
    let errors = errors_of(vm, args.get(1), name)?;
    if text(&args[0]).is_none() {
        return Err(vm.type_error(format!("{name}() argument 1 must be str, not {}", vm.type_name(&args[0]))));
    }
    let data = vm.encode_as(&args[0], encoding, errors.as_ref())?;
    Ok(vm.tuple(vec![vm.bytes(&data), vm.int(args[0].get::<Str>().map_or(0, Str::chars) as i64)]))
}

fn decode(vm: &Vm, args: Args<'_>, name: &str, encoding: Encoding) -> PyResult {
    let args = args.check(vm, name, 1, 3)?;
    let errors = errors_of(vm, args.get(1), name)?;
    // The escapes and the one-byte encodings have no state, so that their input is always whole unless somebody says it is not.
    let whole = matches!(encoding, Encoding::Latin1 | Encoding::Ascii);
    let escapes = matches!(encoding, Encoding::UnicodeEscape | Encoding::RawUnicodeEscape);
    let last = args.get(2).map_or(Ok(whole || escapes), |last| vm.is_true(last))?;
    let data = match text(&args[0]) {
        Some(text) if escapes => text.to_vec(),
        _ => vm.need_bytes(&args[0])?,
    };
    let (text, read) = vm.decode_as(&data, encoding, errors.as_ref(), last || whole)?;
    Ok(vm.tuple(vec![vm.str_from_bytes(&text), vm.int(read as i64)]))
}

fn readbuffer_encode(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "readbuffer_encode", 1, 2)?;
    let data = text(&args[0]).map_or_else(|| vm.need_bytes(&args[0]), |text| Ok(text.to_vec()))?;
    Ok(vm.tuple(vec![vm.bytes(&data), vm.int(data.len() as i64)]))
}

/// `codecs.encode` and `codecs.decode`: `item` of the codec's tuple does the work.
fn by_name(vm: &Vm, args: Args<'_>, name: &'static str, item: usize) -> PyResult {
    let signature = Signature { name, params: &["obj", "encoding", "errors"], positional_only: 0, positional: 3, required: 1 };
    let [obj, encoding, errors] = args.bind(vm, &signature)?;
    let encoding = encoding.cloned().unwrap_or_else(|| vm.str("utf-8"));
    let codec = vm.lookup_codec(&encoding)?;
    vm.run_codec(&codec, item, obj.unwrap_or(&vm.consts.none), errors)
}

/// What a character map says of a code point: a code point, a text or bytes, or nothing.
fn mapped(vm: &Vm, mapping: &Obj, key: u32) -> PyResult<Option<Obj>> {
    match vm.getitem(mapping, &vm.int(key.into())) {
        Ok(value) if value.is(&vm.consts.none) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(raised) if raised.is(vm, &vm.types.lookup_error) => Ok(None),
        Err(raised) => Err(raised),
    }
}

fn undefined(start: usize, end: usize) -> Problem {
    Problem { encoding: "charmap", start, end, reason: "character maps to <undefined>" }
}

fn charmap_decode(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "charmap_decode", 1, 3)?;
    let data = vm.need_bytes(&args[0])?;
    let errors = errors_of(vm, args.get(1), "charmap_decode")?;
    let Some(mapping) = args.get(2).filter(|mapping| !mapping.is(&vm.consts.none)) else {
        return decode(vm, Args::positional(args), "charmap_decode", Encoding::Latin1);
    };
    let table: Option<Vec<u32>> = text(mapping).map(|text| code_points(text).collect());
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&b) = data.get(at) {
        let found = match &table {
            Some(table) => table.get(b as usize).copied().filter(|&cp| cp != 0xFFFE).map(|cp| wtf8::collect([cp])),
            None => match mapped(vm, mapping, b.into())? {
                Some(value) => match (integer(&value), text(&value)) {
                    (Some(Integer::Small(0xFFFE)), _) => None,
                    (Some(Integer::Small(cp @ 0..0x11_0000)), _) => Some(wtf8::collect([cp as u32])),
                    (Some(_), _) => return Err(vm.type_error("character mapping must be in range(0x110000)")),
                    (_, Some(text)) => Some(text.to_vec()),
                    _ => return Err(vm.type_error("character mapping must return integer, None or str")),
                },
                None => None,
            },
        };
        match found {
            Some(text) => {
                out.extend(text);
                at += 1;
            }
            None => {
                let (text, place) = vm.decode_problem(&data, &undefined(at, at + 1), errors.as_ref())?;
                out.extend(text);
                at = place;
            }
        }
    }
    Ok(vm.tuple(vec![vm.str_from_bytes(&out), vm.int(data.len() as i64)]))
}

/// The table backwards: a dict from code points to bytes.
fn charmap_build(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(table) = text(&args.pos()[0]) else {
        return Err(vm.type_error(format!("charmap_build() argument must be str, not {}", vm.type_name(&args.pos()[0]))));
    };
    let map = vm.dict();
    for (i, cp) in code_points(table).enumerate().filter(|(_, cp)| *cp != 0xFFFE) {
        vm.dict_set(&map, &vm.int(cp.into()), vm.int(i as i64))?;
    }
    Ok(map)
}

fn charmap_encode(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "charmap_encode", 1, 3)?;
    let errors = errors_of(vm, args.get(1), "charmap_encode")?;
    if text(&args[0]).is_none() {
        return Err(vm.type_error(format!("charmap_encode() argument 1 must be str, not {}", vm.type_name(&args[0]))));
    }
    let Some(mapping) = args.get(2).filter(|mapping| !mapping.is(&vm.consts.none)) else {
        return encode(vm, Args::positional(args), "charmap_encode", Encoding::Latin1);
    };
    let all: Vec<u32> = code_points(text_of(&args[0])).collect();
    let one = |cp: u32| -> PyResult<Option<Vec<u8>>> {
        let Some(value) = mapped(vm, mapping, cp)? else { return Ok(None) };
        match (integer(&value), vm.bytes_like(&value)) {
            (Some(Integer::Small(b @ 0..256)), _) => Ok(Some(vec![b as u8])),
            (Some(_), _) => Err(vm.type_error("character mapping must be in range(256)")),
            (_, Some(data)) => Ok(Some(data)),
            _ => Err(vm.type_error(format!("character mapping must return integer, bytes or None, not {}", vm.type_name(&value)))),
        }
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < all.len() {
        if let Some(data) = one(all[at])? {
            out.extend(data);
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < all.len() && one(all[end])?.is_none() {
            end += 1;
        }
        let problem = undefined(at, end);
        let (patch, place) = vm.encode_problem(&args[0], &problem, errors.as_ref())?;
        match patch {
            crate::text::encoding::Patch::Bytes(data) => out.extend(data),
            crate::text::encoding::Patch::Text(text) => {
                for cp in code_points(&text) {
                    out.extend(one(cp)?.ok_or_else(|| vm.unicode_encode_error(&args[0], &problem))?);
                }
            }
        }
        at = place;
    }
    Ok(vm.tuple(vec![vm.bytes(&out), vm.int(all.len() as i64)]))
}

impl Vm {
    /// The codec of that name: a tuple of encoder, decoder, reader and writer (`_PyCodec_Lookup`).
    pub(crate) fn lookup_codec(&self, name: &Obj) -> PyResult {
        let Some(text) = text(name) else {
            return Err(self.type_error(format!("lookup() argument must be str, not {}", self.type_name(name))));
        };
        let shown = wtf8::lossy(text);
        let mut plain = Vec::new();
        for cp in code_points(text) {
            push(
                &mut plain,
                if cp == ' ' as u32 {
                    '-' as u32
                } else if cp < 128 {
                    (cp as u8).to_ascii_lowercase().into()
                } else {
                    cp
                },
            );
        }
        let key = wtf8::lossy(&plain);
        if let Some(found) = self.text.codecs.borrow().get(&key) {
            return Ok(found.clone());
        }
        if self.text.search.borrow().is_empty() {
            // The package registers the function that searches it.
            self.import_module("encodings")?;
        }
        let searches = self.text.search.borrow().clone();
        for search in searches {
            let found = self.call(&search, &[self.str(&key)])?;
            if found.is(&self.consts.none) {
                continue;
            }
            if found.get::<Tuple>().is_none_or(|tuple| tuple.items().len() != 4) {
                return Err(self.type_error("codec search functions must return 4-tuples"));
            }
            let before = self.text.codecs.borrow_mut().insert(key, found.clone());
            drop(before);
            return Ok(found);
        }
        Err(self.lookup_error(format!("unknown encoding: {shown}")))
    }

    /// Runs a codec's function on an object: the first part of what it gives.
    pub(crate) fn run_codec(&self, codec: &Obj, item: usize, obj: &Obj, errors: Option<&Obj>) -> PyResult {
        let Some(function) = codec.get::<Tuple>().and_then(|tuple| tuple.items().get(item).cloned()) else {
            return Err(self.type_error("a codec is a tuple of four"));
        };
        let mut all = vec![obj.clone()];
        all.extend(errors.cloned());
        let result = self.call(&function, &all)?;
        match result.get::<Tuple>().map(Tuple::items) {
            Some([value, _]) => Ok(value.clone()),
            _ => Err(self.type_error(format!("{} must return a tuple (object, integer)", if item == 0 { "encoder" } else { "decoder" }))),
        }
    }

    /// `text.encode` and `data.decode` with an encoding that is not one of ours; it must be one of text.
    pub(crate) fn run_text_codec(&self, name: &Obj, item: usize, obj: &Obj, errors: Option<&Obj>) -> PyResult {
        let codec = self.lookup_codec(name)?;
        if let Some(flag) = self.getattr_opt_str(&codec, "_is_text_encoding")?
            && !self.is_true(&flag)?
        {
            let way = if item == 0 { "codecs.encode()" } else { "codecs.decode()" };
            return Err(self.lookup_error(format!("'{}' is not a text encoding; use {way} to handle arbitrary codecs", self.lossy(name))));
        }
        let value = self.run_codec(&codec, item, obj, errors)?;
        let fits = if item == 0 { value.get::<heap::Bytes>().is_some() } else { value.get::<Str>().is_some() };
        if fits {
            return Ok(value);
        }
        let (what, wanted, way) = if item == 0 { ("encoder", "bytes", "encode") } else { ("decoder", "str", "decode") };
        Err(self.type_error(format!(
            "'{}' {what} returned '{}' instead of '{wanted}'; use codecs.{way}() to {way} to arbitrary types",
            self.lossy(name),
            self.type_name(&value)
        )))
    }
}
