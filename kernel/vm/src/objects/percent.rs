//! `text % values` and `data % values` (`unicode_format_arg` in `Objects/unicodeobject.c`, `_PyBytes_FormatEx`).

use heap::{Kind, Obj, Tuple};

use super::leaf::{integer, text, text_of};
use crate::text::float::{self, Style};
use crate::text::integer::Integer;
use crate::text::wtf8;
use crate::{PyResult, Vm};

/// The values, handed out one by one.
struct Values {
    values: Obj,
    tuple: bool,
    next: usize,
    /// Whether keys may be asked for.
    mapping: bool,
}

/// One conversion: what stands between the percent sign and the letter.
#[derive(Default)]
struct Conversion {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    code: u32,
}

impl Values {
    fn next(&mut self, vm: &Vm) -> PyResult {
        let found = match self.values.get::<Tuple>().filter(|_| self.tuple) {
            Some(tuple) => tuple.items().get(self.next).cloned(),
            None => (self.next == 0).then(|| self.values.clone()),
        };
        self.next += 1;
        found.ok_or_else(|| vm.type_error("not enough arguments for format string"))
    }

    fn left_over(&self) -> bool {
        match self.values.get::<Tuple>().filter(|_| self.tuple) {
            Some(tuple) => self.next < tuple.items().len(),
            None => self.next == 0,
        }
    }
}

/// `format % values` of a `str`.
pub(crate) fn format_str(vm: &Vm, format: &Obj, values: &Obj) -> PyResult {
    let all: Vec<u32> = wtf8::code_points(text_of(format)).collect();
    let out = run(vm, &all, values, false)?;
    // A text that is all there is to show is shown itself.
    if let [b'%', inner @ .., b's'] = text_of(format)
        && !inner.contains(&b'%')
    {
        let one = values.get::<Tuple>().map_or(Some(values), |tuple| tuple.items().last());
        if let Some(one) = one.filter(|one| one.kind() == Kind::STR && text_of(one) == out) {
            return Ok(one.clone());
        }
    }
    vm.check_text_size(out.len() as u128)?;
    Ok(vm.str_from_bytes(&out))
}

/// `format % values` of bytes.
pub(crate) fn format_bytes(vm: &Vm, format: &[u8], values: &Obj) -> PyResult<Vec<u8>> {
    let all: Vec<u32> = format.iter().map(|&b| b.into()).collect();
    run(vm, &all, values, true)
}

fn run(vm: &Vm, format: &[u32], values: &Obj, bytes: bool) -> PyResult<Vec<u8>> {
    let put = |out: &mut Vec<u8>, cp: u32| if bytes { out.push(cp as u8) } else { wtf8::push(out, cp) };
    let tuple = values.get::<Tuple>().is_some();
    let class = vm.class_of(values);
    let mapping =
        !tuple && text(values).is_none() && vm.class(&class).slots.subscript.get().is_some() && !(bytes && vm.is_bytes_like(values));
    let mut values = Values { values: values.clone(), tuple, next: 0, mapping };
    let by_key = values.mapping.then(|| values.values.clone());
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&cp) = format.get(at) {
        at += 1;
        if cp != '%' as u32 {
            put(&mut out, cp);
            continue;
        }
        if format.get(at) == Some(&('%' as u32)) {
            at += 1;
            out.push(b'%');
            continue;
        }
        let conversion = read(vm, format, &mut at, &mut values, by_key.as_ref(), bytes)?;
        let value = values.next(vm)?;
        convert(vm, &conversion, &value, at - 1, bytes, &mut out)?;
    }
    if values.left_over() && by_key.is_none() {
        let what = if bytes { "bytes" } else { "string" };
        return Err(vm.type_error(format!("not all arguments converted during {what} formatting")));
    }
    Ok(out)
}

/// Reads a conversion up to its letter.
fn read(vm: &Vm, format: &[u32], at: &mut usize, values: &mut Values, by_key: Option<&Obj>, bytes: bool) -> PyResult<Conversion> {
    let incomplete = || vm.value_error("incomplete format");
    let mut c = Conversion::default();
    let peek = |at: usize| format.get(at).and_then(|&cp| char::from_u32(cp));
    if peek(*at) == Some('(') {
        let Some(mapping) = by_key else { return Err(vm.type_error("format requires a mapping")) };
        let start = *at + 1;
        let mut depth = 1;
        *at += 1;
        while depth > 0 {
            match peek(*at) {
                Some(')') => depth -= 1,
                Some('(') => depth += 1,
                None if *at >= format.len() => return Err(vm.value_error("incomplete format key")),
                _ => {}
            }
            *at += 1;
        }
        let key = &format[start..*at - 1];
        let key = if bytes {
            vm.bytes(&key.iter().map(|&cp| cp as u8).collect::<Vec<_>>())
        } else {
            vm.str_from_bytes(&wtf8::collect(key.iter().copied()))
        };
        values.values = vm.getitem(mapping, &key)?;
        (values.tuple, values.next) = (false, 0);
    }
    while let Some(flag) = peek(*at) {
        match flag {
            '-' => c.left = true,
            '+' => c.plus = true,
            ' ' => c.blank = true,
            '#' => c.alternate = true,
            '0' => c.zero = true,
            _ => break,
        }
        *at += 1;
    }
    if peek(*at) == Some('*') {
        *at += 1;
        let width = star(vm, values)?;
        if width == isize::MIN {
            return Err(vm.overflow_error("width too big"));
        }
        c.left |= width < 0;
        c.width = width.unsigned_abs();
    } else {
        c.width = number(format, at, isize::MAX as usize).ok_or_else(|| vm.value_error("width too big"))?.unwrap_or(0);
    }
    if peek(*at) == Some('.') {
        *at += 1;
        c.precision = if peek(*at) == Some('*') {
            *at += 1;
            let precision = star(vm, values)?;
            if precision > i32::MAX as isize || precision < i32::MIN as isize {
                return Err(vm.overflow_error("Python int too large to convert to C int"));
            }
            Some(usize::try_from(precision).unwrap_or(0))
        } else {
            let digits = number(format, at, i32::MAX as usize)
                .ok_or_else(|| vm.value_error(if bytes { "prec too big" } else { "precision too big" }))?;
            Some(digits.unwrap_or(0))
        };
    }
    if matches!(peek(*at), Some('h' | 'l' | 'L')) {
        *at += 1;
    }
    c.code = *format.get(*at).ok_or_else(incomplete)?;
    *at += 1;
    Ok(c)
}

fn star(vm: &Vm, values: &mut Values) -> PyResult<isize> {
    let value = values.next(vm)?;
    match integer(&value) {
        Some(Integer::Small(n)) => Ok(n as isize),
        Some(Integer::Big(_)) => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
        None => Err(vm.type_error("* wants int")),
    }
}

/// Digits, if there are some: `None` if they are too many.
fn number(format: &[u32], at: &mut usize, most: usize) -> Option<Option<usize>> {
    let mut value = None;
    while let Some(digit @ 48..=57) = format.get(*at) {
        let next = value.unwrap_or(0usize).checked_mul(10)?.checked_add(*digit as usize - 48)?;
        if next > most {
            return None;
        }
        value = Some(next);
        *at += 1;
    }
    Some(value)
}

fn convert(vm: &Vm, c: &Conversion, value: &Obj, at: usize, bytes: bool, out: &mut Vec<u8>) -> PyResult<()> {
    let code = char::from_u32(c.code).unwrap_or('\0');
    match code {
        's' | 'r' | 'a' | 'b' if bytes || code != 'b' => {
            let shown = if bytes { bytes_of(vm, code, value)? } else { text_shown(vm, code, value)? };
            let cut = match c.precision {
                Some(n) if bytes => &shown[..n.min(shown.len())],
                Some(n) => wtf8::slice(&shown, 0, n),
                None => &shown,
            };
            pad_text(vm, c, cut, bytes, out)
        }
        'c' => {
            let one = character(vm, value, bytes)?;
            pad_text(vm, c, &one, bytes, out)
        }
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
            let (negative, prefix, digits) = whole(vm, c, value, code)?;
            pad_number(vm, c, negative, prefix, &digits, out)
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let value = match vm.as_float(value) {
                Err(raised) if bytes && raised.is(vm, &vm.types.type_error) => {
                    return Err(vm.type_error(format!("float argument required, not {}", vm.type_name(value))));
                }
                other => other?,
            };
            if c.precision.is_some_and(|n| n > float::MOST_DIGITS) {
                return Err(vm.value_error("precision too big"));
            }
            let style = Style { code: code as u8, precision: c.precision.unwrap_or(6), alternate: c.alternate, ..Style::default() };
            let shown = float::format(value, style);
            let (negative, digits) = shown.strip_prefix('-').map_or((false, shown.as_str()), |rest| (true, rest));
            pad_number(vm, c, negative, "", digits, out)
        }
        _ => {
            let shown = if (32..128).contains(&c.code) { code } else { '?' };
            Err(vm.value_error(format!("unsupported format character '{shown}' (0x{:x}) at index {at}", c.code)))
        }
    }
}

fn text_shown(vm: &Vm, code: char, value: &Obj) -> PyResult<Vec<u8>> {
    if value.kind() == Kind::STR && code == 's' {
        return Ok(text_of(value).to_vec());
    }
    let shown = match code {
        's' => vm.str_of(value)?,
        'r' => vm.repr(value)?,
        _ => vm.ascii(value)?,
    };
    Ok(text_of(&shown).to_vec())
}

fn bytes_of(vm: &Vm, code: char, value: &Obj) -> PyResult<Vec<u8>> {
    if matches!(code, 'r' | 'a') {
        let shown = vm.ascii(value)?;
        return Ok(text_of(&shown).to_vec());
    }
    if let Some(data) = vm.bytes_like(value) {
        return Ok(data);
    }
    if let Some(method) = vm.lookup_special(value, "__bytes__")? {
        let made = vm.call(&method, &[])?;
        return match made.get::<heap::Bytes>() {
            Some(bytes) => Ok(bytes.as_bytes().to_vec()),
            None => Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", vm.type_name(&made)))),
        };
    }
    Err(vm.type_error(format!("%b requires a bytes-like object, or an object that implements __bytes__, not '{}'", vm.type_name(value))))
}

/// The class's name with its module, unless that is `builtins` (`PyType_GetFullyQualifiedName`).
fn full_name(vm: &Vm, value: &Obj) -> String {
    let class = vm.class_of(value);
    let part = |name| vm.getattr_str(&class, name).map(|text| vm.lossy(&text)).unwrap_or_default();
    let (module, name) = (part("__module__"), part("__qualname__"));
    if module.is_empty() || module == "builtins" { name } else { format!("{module}.{name}") }
}

fn character(vm: &Vm, value: &Obj, bytes: bool) -> PyResult<Vec<u8>> {
    if bytes {
        return byte(vm, value);
    }
    if let Some(text) = text(value) {
        let n = wtf8::count(text);
        return if n == 1 {
            Ok(text.to_vec())
        } else {
            Err(vm.type_error(format!("%c requires an int or a unicode character, not a string of length {n}")))
        };
    }
    let index = match vm.index(value) {
        Err(raised) if raised.is(vm, &vm.types.type_error) => {
            return Err(vm.type_error(format!("%c requires an int or a unicode character, not {}", full_name(vm, value))));
        }
        other => other?,
    };
    match integer(&index) {
        Some(Integer::Small(n @ 0..0x11_0000)) => Ok(wtf8::collect([n as u32])),
        _ => Err(vm.overflow_error("%c arg not in range(0x110000)")),
    }
}

fn byte(vm: &Vm, value: &Obj) -> PyResult<Vec<u8>> {
    if vm.is_bytes(value) {
        let data = vm.bytes_like(value).unwrap_or_default();
        return if data.len() == 1 {
            Ok(data)
        } else {
            let what = if value.get::<heap::Bytes>().is_some() { "bytes object" } else { "bytearray object" };
            Err(vm.type_error(format!("%c requires an integer in range(256) or a single byte, not a {what} of length {}", data.len())))
        };
    }
    let index = match vm.index(value) {
        Err(raised) if raised.is(vm, &vm.types.type_error) => {
            return Err(vm.type_error(format!("%c requires an integer in range(256) or a single byte, not {}", full_name(vm, value))));
        }
        other => other?,
    };
    match integer(&index) {
        Some(Integer::Small(n @ 0..256)) => Ok(vec![n as u8]),
        _ => Err(vm.overflow_error("%c arg not in range(256)")),
    }
}

/// An integer's sign, prefix and digits (`_PyUnicode_FormatLong`).
fn whole(vm: &Vm, c: &Conversion, value: &Obj, code: char) -> PyResult<(bool, &'static str, String)> {
    let based = matches!(code, 'x' | 'X' | 'o');
    let wrong = || {
        let wanted = if based { "an integer" } else { "a real number" };
        vm.type_error(format!("%{code} format: {wanted} is required, not {}", vm.type_name(value)))
    };
    let number = if integer(value).is_some() {
        value.clone()
    } else {
        let class = vm.class_of(value);
        let slots = &vm.class(&class).slots;
        if slots.int.get().is_none() && slots.index.get().is_none() && slots.float.get().is_none() {
            return Err(wrong());
        }
        match if based { vm.index(value) } else { vm.to_int(value) } {
            Err(raised) if raised.is(vm, &vm.types.type_error) => return Err(wrong()),
            other => other?,
        }
    };
    let number = integer(&number).ok_or_else(wrong)?;
    let (base, prefix) = match code {
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        'o' => (8, "0o"),
        _ => (10, ""),
    };
    let digits =
        if base == 10 { number.decimal(vm.int_max_str_digits()).map_err(|wrong| vm.wrong(wrong))? } else { number.magnitude(base) };
    let digits = if code == 'X' { digits.to_ascii_uppercase() } else { digits };
    let least = c.precision.unwrap_or(0);
    vm.check_text_size(least as u128)?;
    Ok((number.is_negative(), if c.alternate { prefix } else { "" }, format!("{digits:0>least$}")))
}

fn pad_text(vm: &Vm, c: &Conversion, shown: &[u8], bytes: bool, out: &mut Vec<u8>) -> PyResult<()> {
    let have = if bytes { shown.len() } else { wtf8::count(shown) };
    let padding = c.width.saturating_sub(have);
    vm.check_text_size(padding as u128)?;
    if !c.left {
        out.resize(out.len() + padding, b' ');
    }
    out.extend_from_slice(shown);
    if c.left {
        out.resize(out.len() + padding, b' ');
    }
    Ok(())
}

fn pad_number(vm: &Vm, c: &Conversion, negative: bool, prefix: &str, digits: &str, out: &mut Vec<u8>) -> PyResult<()> {
    let sign = match (negative, c.plus, c.blank) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    let padding = c.width.saturating_sub(sign.len() + prefix.len() + digits.len());
    vm.check_text_size(padding as u128)?;
    if !c.left && !c.zero {
        out.resize(out.len() + padding, b' ');
    }
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(prefix.as_bytes());
    if !c.left && c.zero {
        out.resize(out.len() + padding, b'0');
    }
    out.extend_from_slice(digits.as_bytes());
    if c.left {
        out.resize(out.len() + padding, b' ');
    }
    Ok(())
}
