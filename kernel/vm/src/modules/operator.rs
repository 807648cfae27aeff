//! `_operator`: the comparison in constant time that `hmac` and `secrets` take from here. The rest of `operator` is its own Python code.

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::leaf;
use crate::{Args, PyResult, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_operator",
    functions: &[Method::new("_compare_digest", compare_digest, Convention::Positional).signature("($module, a, b, /)")],
    init: |_, _| Ok(()),
};

fn compare_digest(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [a, b] = args.check(vm, "_compare_digest", 2, 2)? else { unreachable!("two arguments were checked") };
    let (a, b) = match (leaf::text(a), leaf::text(b)) {
        (Some(a), Some(b)) if a.is_ascii() && b.is_ascii() => (a.to_vec(), b.to_vec()),
        (Some(_), Some(_)) => return Err(vm.type_error("comparing strings with non-ASCII characters is not supported")),
        _ => match (vm.bytes_like(a), vm.bytes_like(b)) {
            (Some(a), Some(b)) => (a, b),
            _ => {
                return Err(vm.type_error(format!(
                    "unsupported operand types(s) or combination of types: '{}' and '{}'",
                    vm.type_name(a),
                    vm.type_name(b)
                )));
            }
        },
    };
    let differs = a.iter().zip(&b).fold(u8::from(a.len() != b.len()), |differs, (a, b)| differs | (a ^ b));
    Ok(vm.bool(differs == 0))
}
