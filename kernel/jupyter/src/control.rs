//! The control channel: answered at once, whatever the interpreter is doing.

use serde_json::{Value, json};

use crate::frontend::Shared;
use crate::interpreter::Info;
use crate::message::{Message, PROTOCOL};

/// What a request asks of the process.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Nothing,
    Shutdown,
}

/// The answer to `kernel_info_request`.
pub(crate) fn kernel_info(info: &Info) -> Value {
    let mut features = vec!["kernel subshells"];
    if info.debugger {
        features.push("debugger");
    }
    let links: Vec<_> = info.help_links.iter().map(|(text, url)| json!({ "text": text, "url": url })).collect();
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": info.implementation,
        "implementation_version": info.implementation_version,
        "language_info": info.language,
        "banner": info.banner,
        "help_links": links,
        "debugger": info.debugger,
        "supported_features": features,
    })
}

/// Serves a request of the control channel, on its connection's thread.
pub(crate) fn serve(shared: &Shared, info: &Info, message: Message) -> Wish {
    let status = |state: &str| shared.iopub.publish_about(&message.parent.header, "status", &json!({ "execution_state": state }));
    status("busy");
    let mut wish = Wish::Nothing;
    let name = message.content["subshell_id"].as_str().unwrap_or_default();
    let (reply, content) = match message.msg_type.as_str() {
        "kernel_info_request" => ("kernel_info_reply", kernel_info(info)),
        "interrupt_request" => {
            shared.inbox.interrupt();
            ("interrupt_reply", json!({ "status": "ok" }))
        }
        "shutdown_request" => {
            wish = Wish::Shutdown;
            ("shutdown_reply", json!({ "status": "ok", "restart": message.content["restart"] == true }))
        }
        "create_subshell_request" => ("create_subshell_reply", json!({ "status": "ok", "subshell_id": shared.inbox.create_subshell() })),
        "delete_subshell_request" => match shared.inbox.delete_subshell(name) {
            true => ("delete_subshell_reply", json!({ "status": "ok" })),
            false => {
                let evalue = format!("there is no subshell `{name}`");
                ("delete_subshell_reply", json!({ "status": "error", "ename": "KeyError", "evalue": evalue, "traceback": [] }))
            }
        },
        "list_subshell_request" => ("list_subshell_reply", json!({ "status": "ok", "subshell_id": shared.inbox.subshells() })),
        // The interpreter answers it, and says idle.
        "debug_request" => {
            shared.inbox.put_debug(message);
            return wish;
        }
        _ => {
            status("idle");
            return wish;
        }
    };
    shared.reply(&shared.control, &message.parent, reply, &content, &json!({}));
    if wish == Wish::Shutdown {
        // Everybody who looks on is told, too.
        shared.iopub.publish_about(&message.parent.header, reply, &content);
    }
    status("idle");
    wish
}
