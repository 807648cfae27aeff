//! `complex` (`Objects/complexobject.c`). Arithmetic of a complex with a real number treats the real one as real (C99, annex G).

use heap::{Kind, Obj};

use super::float::operand;
use super::leaf::{float, integer, plain, text};
use crate::class::{ClassSpec, Slots, flags};
use crate::text::float::{self as float_text, Style};
use crate::text::number;
use crate::text::spec::{Spec, unknown_code};
use crate::{Args, Compare, Convention, GetSet, Method, Operator, PyResult, Signature, Vm, kinds};

/// The payload of a `complex`.
pub struct Complex {
    /// The real part.
    pub real: f64,
    /// The imaginary part.
    pub imag: f64,
}
crate::leaf_payload!(Complex, kinds::COMPLEX);

/// `complex`.
pub static COMPLEX: ClassSpec = ClassSpec {
    name: "complex",
    base: None,
    kind: kinds::COMPLEX,
    flags: flags::BASE_TYPE,
    slots,
    methods: &[
        Method::class("from_number", from_number, Convention::One).signature("($type, number, /)"),
        Method::new("conjugate", |vm, this, _| Ok(vm.complex(parts(this).0, -parts(this).1)), Convention::NoArgs).signature("($self, /)"),
        Method::new("__complex__", |_, this, _| Ok(plain(this)), Convention::NoArgs).signature("($self, /)"),
        Method::new("__getnewargs__", getnewargs, Convention::NoArgs).signature("($self, /)"),
        Method::new("__format__", format, Convention::One).signature("($self, format_spec, /)"),
    ],
    getset: &[GetSet::member("real", |vm, obj| Ok(vm.float(parts(obj).0))), GetSet::member("imag", |vm, obj| Ok(vm.float(parts(obj).1)))],
    basicsize: 32,
    itemsize: 0,
    doc: "complex(real=0, imag=0)\n--\n\n",
};

type Pair = (f64, f64);

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(|vm, obj| Ok(vm.str(&repr(parts(obj))))));
    s.hash.set(Some(|_, obj| {
        let part = |value| heap::hash::hash_float(value).unwrap_or_else(|| heap::hash::hash_identity(obj.id()));
        let (re, im) = parts(obj);
        let hash = part(re).wrapping_add(part(im).wrapping_mul(1_000_003));
        Ok(if hash == -1 { -2 } else { hash })
    }));
    s.richcompare.set(Some(compare));
    s.negative.set(Some(|vm, obj| Ok(vm.complex(-parts(obj).0, -parts(obj).1))));
    s.positive.set(Some(|_, obj| Ok(plain(obj))));
    s.absolute.set(Some(absolute));
    s.bool.set(Some(|_, obj| Ok(parts(obj) != (0.0, 0.0))));
    s.power_mod.set(Some(|vm, a, b, _| match (Operand::of(vm, a)?, Operand::of(vm, b)?) {
        (Some(_), Some(_)) => Err(vm.value_error("complex modulo")),
        _ => Ok(vm.not_implemented()),
    }));
    for (op, function) in [
        (Operator::Add, (|vm, a, b| binary(vm, a, b, |_, a, b| Ok(add(a, b)))) as crate::class::Binary),
        (Operator::Subtract, |vm, a, b| binary(vm, a, b, |_, a, b| Ok(subtract(a, b)))),
        (Operator::Multiply, |vm, a, b| binary(vm, a, b, |_, a, b| Ok(multiply(a, b)))),
        (Operator::TrueDivide, |vm, a, b| binary(vm, a, b, |vm, a, b| divide(a, b).ok_or_else(|| vm.zero_division("division by zero")))),
        (Operator::Power, |vm, a, b| match (Operand::of(vm, a)?, Operand::of(vm, b)?) {
            (Some(a), Some(b)) => power_of(vm, a.pair(), b.pair()),
            _ => Ok(vm.not_implemented()),
        }),
    ] {
        s.binary[op as usize].set(Some(function));
    }
}

fn parts(obj: &Obj) -> Pair {
    obj.get::<Complex>().map(|c| (c.real, c.imag)).expect("a complex's method is called on a complex")
}

/// An operand of complex arithmetic.
#[derive(Clone, Copy)]
enum Operand {
    Real(f64),
    Complex(Pair),
}

impl Operand {
    fn of(vm: &Vm, obj: &Obj) -> PyResult<Option<Operand>> {
        match obj.get::<Complex>() {
            Some(c) => Ok(Some(Operand::Complex((c.real, c.imag)))),
            None => Ok(operand(vm, obj)?.map(Operand::Real)),
        }
    }

    fn pair(self) -> Pair {
        match self {
            Operand::Real(re) => (re, 0.0),
            Operand::Complex(pair) => pair,
        }
    }
}

fn binary(vm: &Vm, a: &Obj, b: &Obj, operate: fn(&Vm, Operand, Operand) -> PyResult<Pair>) -> PyResult {
    let (Some(a), Some(b)) = (Operand::of(vm, a)?, Operand::of(vm, b)?) else { return Ok(vm.not_implemented()) };
    operate(vm, a, b).map(|(re, im)| vm.complex(re, im))
}

fn add(a: Operand, b: Operand) -> Pair {
    use Operand::*;
    match (a, b) {
        (Real(x), Complex((re, im))) | (Complex((re, im)), Real(x)) => (re + x, im),
        _ => (a.pair().0 + b.pair().0, a.pair().1 + b.pair().1),
    }
}

fn subtract(a: Operand, b: Operand) -> Pair {
    use Operand::*;
    match (a, b) {
        (Real(x), Complex((re, im))) => (x - re, -im),
        (Complex((re, im)), Real(x)) => (re - x, im),
        _ => (a.pair().0 - b.pair().0, a.pair().1 - b.pair().1),
    }
}

fn multiply(a: Operand, b: Operand) -> Pair {
    use Operand::*;
    match (a, b) {
        (Real(x), Complex((re, im))) | (Complex((re, im)), Real(x)) => (re * x, im * x),
        _ => product(a.pair(), b.pair()),
    }
}

/// One for an infinite part, nought for any other, with the part's sign.
fn boxed(part: f64) -> f64 {
    (if part.is_infinite() { 1f64 } else { 0.0 }).copysign(part)
}

fn no_nan(part: f64) -> f64 {
    if part.is_nan() { 0f64.copysign(part) } else { part }
}

fn product((a, b): Pair, (c, d): Pair) -> Pair {
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let (re, im) = (ac - bd, ad + bc);
    if !(re.is_nan() && im.is_nan()) {
        return (re, im);
    }
    // An infinity that came out as two NaNs is brought back.
    let (mut x, mut y, mut u, mut v) = (a, b, c, d);
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (x, y, u, v) = (boxed(a), boxed(b), no_nan(c), no_nan(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (u, v, x, y) = (boxed(c), boxed(d), no_nan(x), no_nan(y));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|part| part.is_infinite()) {
        (x, y, u, v) = (no_nan(a), no_nan(b), no_nan(c), no_nan(d));
        again = true;
    }
    if again { (f64::INFINITY * (x * u - y * v), f64::INFINITY * (x * v + y * u)) } else { (re, im) }
}

/// `None` is a division by zero.
fn divide(a: Operand, b: Operand) -> Option<Pair> {
    match (a, b) {
        (_, Operand::Real(x)) => (x != 0.0).then(|| (a.pair().0 / x, a.pair().1 / x)),
        (Operand::Real(x), _) => quotient_of_real(x, b.pair()),
        _ => quotient(a.pair(), b.pair()),
    }
}

fn quotient_of_real(a: f64, (c, d): Pair) -> Option<Pair> {
    let (re, im) = if c.abs() >= d.abs() {
        if c == 0.0 {
            return None;
        }
        let ratio = d / c;
        let denominator = c + d * ratio;
        (a / denominator, (-a * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a * ratio) / denominator, -a / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if re.is_nan() && im.is_nan() && a.is_finite() && (c.is_infinite() || d.is_infinite()) {
        let (x, y) = (boxed(c), boxed(d));
        return Some((0.0 * (a * x), 0.0 * (-a * y)));
    }
    Some((re, im))
}

/// Smith's algorithm, with infinities and zeros brought back.
fn quotient((a, b): Pair, (c, d): Pair) -> Option<Pair> {
    let (re, im) = if c.abs() >= d.abs() {
        if c == 0.0 {
            return None;
        }
        let ratio = d / c;
        let denominator = c + d * ratio;
        ((a + b * ratio) / denominator, (b - a * ratio) / denominator)
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let denominator = c * ratio + d;
        ((a * ratio + b) / denominator, (b * ratio - a) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if re.is_nan() && im.is_nan() {
        if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
            let (x, y) = (boxed(a), boxed(b));
            return Some((f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d)));
        }
        if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
            let (x, y) = (boxed(c), boxed(d));
            return Some((0.0 * (a * x + b * y), 0.0 * (b * x - a * y)));
        }
    }
    Some((re, im))
}

/// `a ** b` (`complex_pow`).
pub(crate) fn power_of(vm: &Vm, a: Pair, b: Pair) -> PyResult {
    let undefined = || vm.zero_division("zero to a negative or complex power");
    let (re, im) = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        let mut left = b.0.abs() as u32;
        let (mut result, mut square) = ((1.0, 0.0), a);
        while left > 0 {
            if left & 1 == 1 {
                result = product(result, square);
            }
            left >>= 1;
            if left > 0 {
                square = product(square, square);
            }
        }
        if b.0 < 0.0 { quotient_of_real(1.0, result).ok_or_else(undefined)? } else { result }
    } else if b == (0.0, 0.0) {
        (1.0, 0.0)
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Err(undefined());
        }
        (0.0, 0.0)
    } else {
        let size = a.0.hypot(a.1);
        let mut length = size.powf(b.0);
        let angle = a.1.atan2(a.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            length *= (-angle * b.1).exp();
            phase += b.1 * size.ln();
        }
        // C's `cos` says EDOM of an infinity, and that is read as an undefined power.
        if phase.is_infinite() {
            return Err(undefined());
        }
        (length * phase.cos(), length * phase.sin())
    };
    if re.is_infinite() || im.is_infinite() {
        return Err(vm.overflow_error("complex exponentiation"));
    }
    Ok(vm.complex(re, im))
}

fn absolute(vm: &Vm, obj: &Obj) -> PyResult {
    let (re, im) = parts(obj);
    let size = re.hypot(im);
    if size.is_infinite() && re.is_finite() && im.is_finite() {
        return Err(vm.overflow_error("absolute value too large"));
    }
    Ok(vm.float(size))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(vm.not_implemented());
    }
    let (re, im) = parts(a);
    let equal = if let Some(other) = b.get::<Complex>() {
        re == other.real && im == other.imag
    } else if let Some(other) = float(b) {
        re == other && im == 0.0
    } else if let Some(other) = integer(b) {
        im == 0.0
            && match other {
                crate::text::integer::Integer::Small(n) => number::compare_i64(n, re).is_some_and(|order| order.is_eq()),
                crate::text::integer::Integer::Big(n) => number::compare_big(n, re).is_some_and(|order| order.is_eq()),
            }
    } else {
        return Ok(vm.not_implemented());
    };
    Ok(vm.bool(equal == (op == Compare::Eq)))
}

/// The text of a complex number.
pub(crate) fn repr((re, im): Pair) -> String {
    let text = |value| float_text::format(value, Style { code: b'r', ..Style::default() });
    if re == 0.0 && !re.is_sign_negative() {
        return format!("{}j", text(im));
    }
    let imaginary = text(im);
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imaginary}j)", text(re))
}

fn getnewargs(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let (re, im) = parts(this);
    Ok(vm.tuple(vec![vm.float(re), vm.float(im)]))
}

fn format(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let spec = vm.format_spec(args)?;
    if spec.is_empty() {
        return vm.str_of(this);
    }
    let name = vm.type_name(this);
    let (re, im) = parts(this);
    let text = Spec::parse(spec, &name, 0, '>').and_then(|spec| match char::from_u32(spec.code) {
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n') => spec.complex(re, im),
        _ => Err(unknown_code(spec.code, &name)),
    });
    text.map(|text| vm.str_from_bytes(&text)).map_err(|wrong| vm.wrong(wrong))
}

/// The complex number that an object is or converts to by `__complex__` (`try_complex_special_method`).
fn special(vm: &Vm, obj: &Obj) -> PyResult<Option<Pair>> {
    if obj.kind() == kinds::COMPLEX {
        return Ok(Some(parts(obj)));
    }
    if obj.kind() != Kind::WRAPPED && (float(obj).is_some() || integer(obj).is_some() || text(obj).is_some()) {
        return Ok(None);
    }
    let Some(method) = vm.lookup_special(obj, "__complex__")? else { return Ok(None) };
    let value = vm.call(&method, &[])?;
    let Some(found) = value.get::<Complex>() else {
        return Err(vm.type_error(format!("__complex__ returned non-complex (type {})", vm.type_name(&value))));
    };
    Ok(Some((found.real, found.imag)))
}

fn is_real(vm: &Vm, obj: &Obj) -> bool {
    let class = vm.class_of(obj);
    let slots = &vm.class(&class).slots;
    slots.float.get().is_some() || slots.index.get().is_some()
}

fn from_number(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let x = &args.pos()[0];
    if x.kind() == kinds::COMPLEX && class.is(&vm.types.complex) {
        return Ok(x.clone());
    }
    let (re, im) = match special(vm, x)? {
        Some(pair) => pair,
        None => (vm.as_float(x)?, 0.0),
    };
    let value = vm.complex(re, im);
    if class.is(&vm.types.complex) { Ok(value) } else { vm.call(class, &[value]) }
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "complex", params: &["real", "imag"], positional_only: 0, positional: 2, required: 0 };
    let [real, imag] = args.bind(vm, &SIGNATURE)?;
    let by_name = args.has_keywords();
    let value = match (real, imag) {
        (None, None) => vm.complex(0.0, 0.0),
        (Some(x), None) if !by_name => from_one(vm, class, x)?,
        _ => from_two(vm, real, imag)?,
    };
    Ok(vm.leaf_instance(class, value))
}

fn from_one(vm: &Vm, class: &Obj, x: &Obj) -> PyResult {
    if x.kind() == kinds::COMPLEX && class.is(&vm.types.complex) {
        return Ok(x.clone());
    }
    if let Some(text) = text(x) {
        return match parse(&float_text::to_ascii(text)) {
            Some((re, im)) => Ok(vm.complex(re, im)),
            None => Err(vm.value_error("complex() arg is a malformed string")),
        };
    }
    if let Some((re, im)) = special(vm, x)? {
        return Ok(vm.complex(re, im));
    }
    if !is_real(vm, x) {
        return Err(vm.type_error(format!("complex() argument must be a string or a number, not {}", vm.type_name(x))));
    }
    Ok(vm.complex(vm.as_float(x)?, 0.0))
}

fn from_two(vm: &Vm, real: Option<&Obj>, imag: Option<&Obj>) -> PyResult {
    let part = |obj: Option<&Obj>, name: &str| -> PyResult<(Pair, bool)> {
        let Some(obj) = obj else { return Ok(((0.0, 0.0), false)) };
        let not_real = || format!("complex() argument '{name}' must be a real number, not {}", vm.type_name(obj));
        let complex = if name == "real" { special(vm, obj)? } else { obj.get::<Complex>().map(|c| (c.real, c.imag)) };
        if let Some(pair) = complex {
            vm.warn(&vm.types.deprecation_warning, &not_real())?;
            return Ok((pair, true));
        }
        if !is_real(vm, obj) {
            return Err(vm.type_error(not_real()));
        }
        Ok(((vm.as_float(obj)?, 0.0), false))
    };
    // Both are looked at before either is converted; the order of conversions is real, then imaginary.
    let ((mut re, extra), real_is_complex) = part(real, "real")?;
    let ((mut im, back), imag_is_complex) = part(imag, "imag")?;
    if imag_is_complex {
        re -= back;
    }
    if real_is_complex {
        im += extra;
    }
    Ok(vm.complex(re, im))
}

/// What `complex(text)` reads, from text that is ASCII already (`complex_from_string_inner`).
pub(crate) fn parse(text: &[u8]) -> Option<Pair> {
    let mut text = float_text::strip_ascii(text);
    if let [b'(', inner @ .., b')'] = text {
        text = float_text::strip_ascii(inner);
    }
    let text: Vec<u8> = {
        let mut kept = Vec::with_capacity(text.len());
        for (i, &b) in text.iter().enumerate() {
            let digit = |i: Option<usize>| i.and_then(|i| text.get(i)).is_some_and(u8::is_ascii_digit);
            if b != b'_' {
                kept.push(b);
            } else if !digit(i.checked_sub(1)) || !digit(Some(i + 1)) {
                return None;
            }
        }
        kept
    };
    let (first, rest) = leading_float(&text);
    if let Some(value) = first {
        return match rest {
            [] => Some((value, 0.0)),
            [b'j' | b'J'] => Some((0.0, value)),
            [b'+' | b'-', ..] => imaginary(rest).map(|im| (value, im)),
            _ => None,
        };
    }
    // No number at all: "j", "+j", "-j".
    imaginary(&text).map(|im| (0.0, im))
}

/// A number with a `j`, or a bare sign with one.
fn imaginary(text: &[u8]) -> Option<f64> {
    match leading_float(text) {
        (Some(value), [b'j' | b'J']) => Some(value),
        (None, _) => match text {
            [b'j' | b'J'] | [b'+', b'j' | b'J'] => Some(1.0),
            [b'-', b'j' | b'J'] => Some(-1.0),
            _ => None,
        },
        _ => None,
    }
}

/// The float that a text begins with, and what follows it.
fn leading_float(text: &[u8]) -> (Option<f64>, &[u8]) {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let body = &text[sign..];
    let word = [&b"infinity"[..], b"inf", b"nan"]
        .into_iter()
        .find(|word| body.len() >= word.len() && body[..word.len()].eq_ignore_ascii_case(word));
    let n = match word {
        Some(word) => word.len(),
        None => {
            let digits = |from: usize| body[from..].iter().take_while(|b| b.is_ascii_digit()).count();
            let mut n = digits(0);
            if body.get(n) == Some(&b'.') {
                n += 1 + digits(n + 1);
            }
            if matches!(body.get(n), Some(b'e' | b'E')) && n > 0 {
                let sign = usize::from(matches!(body.get(n + 1), Some(b'+' | b'-')));
                let exponent = digits((n + 1 + sign).min(body.len()));
                if exponent > 0 {
                    n += 1 + sign + exponent;
                }
            }
            n
        }
    };
    match float_text::parse_plain(&text[..sign + n]) {
        Some(value) => (Some(value), &text[sign + n..]),
        None => (None, text),
    }
}

impl Vm {
    /// A `complex`.
    pub fn complex(&self, real: f64, imag: f64) -> Obj {
        self.heap.alloc(Complex { real, imag })
    }
}
