//! Python's values as JSON.

use heap::{Bytes, Float, Int, List, Obj, Str, Tuple};
use serde_json::{Map, Number, Value};
use vm::{PyResult, Vm};

/// A value as JSON; bytes are written in base 64, as the media types that need them want it.
pub(crate) fn from_python(vm: &Vm, obj: &Obj) -> PyResult<Value> {
    if obj.is(&vm.consts.none) {
        return Ok(Value::Null);
    }
    if obj.is(&vm.consts.true_) || obj.is(&vm.consts.false_) {
        return Ok(Value::Bool(obj.is(&vm.consts.true_)));
    }
    if obj.get::<Str>().is_some() {
        return Ok(Value::String(vm.lossy(obj)));
    }
    if let Some(number) = obj.get::<Int>() {
        return Ok(Value::from(number.0));
    }
    if let Some(number) = obj.get::<Float>() {
        return Ok(Number::from_f64(number.0).map_or(Value::Null, Value::Number));
    }
    if let Some(bytes) = obj.get::<Bytes>() {
        return Ok(Value::String(base64(bytes.as_bytes())));
    }
    let items = obj.get::<List>().map(List::to_vec).or_else(|| obj.get::<Tuple>().map(|tuple| tuple.items().to_vec()));
    if let Some(items) = items {
        return items.iter().map(|item| from_python(vm, item)).collect();
    }
    if obj.get::<heap::Dict>().is_some() {
        return map(vm, obj).map(Value::Object);
    }
    if vm.is_kind_of(obj, &vm.types.int) {
        let text = vm.repr_text(obj)?;
        return Ok(text.parse().ok().and_then(Number::from_f64).map_or(Value::String(text), Value::Number));
    }
    Err(vm.type_error(format!("Object of type {} is not JSON serializable", vm.type_name(obj))))
}

/// A dict as a JSON object.
pub(crate) fn map(vm: &Vm, dict: &Obj) -> PyResult<Map<String, Value>> {
    let mut map = Map::new();
    for (key, value) in vm.dict_items(dict) {
        map.insert(vm.text_of(&key)?, from_python(vm, &value)?);
    }
    Ok(map)
}

/// JSON as Python's values.
pub(crate) fn to_python(vm: &Vm, value: &Value) -> Obj {
    match value {
        Value::Null => vm.none(),
        Value::Bool(value) => vm.bool(*value),
        Value::Number(number) => number.as_i64().map_or_else(|| vm.float(number.as_f64().unwrap_or(f64::NAN)), |number| vm.int(number)),
        Value::String(text) => vm.str(text),
        Value::Array(items) => vm.list(items.iter().map(|item| to_python(vm, item)).collect()),
        Value::Object(map) => {
            let dict = vm.dict();
            map.iter().for_each(|(key, value)| vm.dict_set_str(&dict, key, to_python(vm, value)));
            dict
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for i in 0..4 {
            text.push(if i <= three.len() { DIGITS[(bits >> (18 - 6 * i)) as usize & 63] as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_pads() {
        let of = |text: &str| super::base64(text.as_bytes());
        assert_eq!(
            (of(""), of("f"), of("fo"), of("foo"), of("foob")),
            ("".into(), "Zg==".into(), "Zm8=".into(), "Zm9v".into(), "Zm9vYg==".into())
        );
    }
}
