//! One function for each request of the shell channel: from the wire, to the interpreter, and back.

use serde_json::{Value, json};

use crate::frontend::{Running, Shared};
use crate::inbox::Event;
use crate::interpreter::{Completeness, Execute, Executed, Failure, History, Interpreter};
use crate::message::Message;

/// Serves what is urgent.
pub(crate) fn urgent(shared: &Shared, interpreter: &dyn Interpreter, event: Event) {
    match event {
        Event::Subshell(name, message) => {
            shell(shared, interpreter, &message, Some(&name));
        }
        Event::Debug(message) => debug(shared, interpreter, &message),
        Event::Shell(_) | Event::Shutdown => unreachable!("these are not urgent"),
    }
}

/// Serves a request of the shell channel: says busy, does it, answers, says idle.
pub(crate) fn shell(shared: &Shared, interpreter: &dyn Interpreter, message: &Message, subshell: Option<&str>) {
    let before = shared.iopub.enter(Some(message.parent.header.clone()));
    shared.running().push(Running { parent: message.parent.clone(), allow_stdin: message.content["allow_stdin"] == true });
    shared.inbox.begin();
    let busy = json!({ "execution_state": "busy" });
    match execute_input(interpreter, message) {
        Some(input) => shared.iopub.publish_all(&[("status", &busy), ("execute_input", &input)]),
        None => shared.iopub.publish("status", &busy),
    }
    let aborted = match message.msg_type.as_str() {
        "execute_request" => execute(shared, interpreter, message, subshell),
        _ => {
            if let Some((reply, content)) = answer(interpreter, message, shared) {
                shared.reply(&shared.shell, &message.parent, reply, &content, &json!({}));
            }
            Vec::new()
        }
    };
    shared.running().pop();
    shared.inbox.finish(subshell);
    status(shared, "idle");
    shared.iopub.enter(before);
    aborted.iter().for_each(|message| abort(shared, interpreter, message));
}

fn status(shared: &Shared, state: &str) {
    shared.iopub.publish("status", &json!({ "execution_state": state }));
}

/// What everybody is told of a cell before it runs.
fn execute_input(interpreter: &dyn Interpreter, message: &Message) -> Option<Value> {
    let content = &message.content;
    if message.msg_type != "execute_request" || content["silent"] == true {
        return None;
    }
    Some(json!({ "code": content["code"].as_str()?, "execution_count": interpreter.next_count() }))
}

/// Runs a cell. Gives the cells behind it that must not run, because it failed.
fn execute(shared: &Shared, interpreter: &dyn Interpreter, message: &Message, subshell: Option<&str>) -> Vec<Message> {
    let content = &message.content;
    let flag = |name: &str, default: bool| content[name].as_bool().unwrap_or(default);
    let silent = flag("silent", false);
    let Some(code) = content["code"].as_str() else {
        let failure = Failure { ename: "TypeError".into(), evalue: "the request has no code".into(), traceback: Vec::new() };
        reply_executed(shared, message, &Executed { failure: Some(failure), ..Executed::default() });
        return Vec::new();
    };
    let expressions = content["user_expressions"].as_object().into_iter().flatten();
    let request = Execute {
        code: code.to_owned(),
        silent,
        store_history: !silent && flag("store_history", true),
        user_expressions: expressions.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect(),
    };
    let executed = interpreter.execute(&request);
    if let Some(failure) = &executed.failure {
        shared.iopub.publish("error", &error(failure));
    }
    // What comes after the answer was sent by somebody who knows of the failure.
    let stop = executed.failure.is_some() && flag("stop_on_error", true);
    let aborted = if stop { shared.inbox.abort(subshell) } else { Vec::new() };
    reply_executed(shared, message, &executed);
    aborted
}

fn error(failure: &Failure) -> Value {
    json!({ "ename": failure.ename, "evalue": failure.evalue, "traceback": failure.traceback })
}

fn reply_executed(shared: &Shared, message: &Message, executed: &Executed) {
    let mut content = match &executed.failure {
        None => json!({ "status": "ok" }),
        Some(failure) => {
            let mut content = error(failure);
            content["status"] = "error".into();
            content
        }
    };
    content["execution_count"] = executed.count.into();
    content["user_expressions"] = executed.user_expressions.clone().into();
    content["payload"] = executed.payload.clone().into();
    shared.iopub.flush();
    shared.reply(&shared.shell, &message.parent, "execute_reply", &content, &executed.metadata.clone().into());
}

/// A cell that does not run, because one before it failed.
fn abort(shared: &Shared, interpreter: &dyn Interpreter, message: &Message) {
    let before = shared.iopub.enter(Some(message.parent.header.clone()));
    status(shared, "busy");
    let content = json!({ "status": "aborted", "execution_count": interpreter.next_count() });
    shared.reply(&shared.shell, &message.parent, "execute_reply", &content, &json!({ "status": "aborted" }));
    status(shared, "idle");
    shared.iopub.enter(before);
}

/// The requests that only ask. What is not known is not answered.
fn answer(interpreter: &dyn Interpreter, message: &Message, shared: &Shared) -> Option<(&'static str, Value)> {
    let content = &message.content;
    let code = content["code"].as_str().unwrap_or_default();
    let cursor = content["cursor_pos"].as_u64().map_or_else(|| code.chars().count(), |cursor| cursor as usize);
    Some(match message.msg_type.as_str() {
        "complete_request" => {
            let found = interpreter.complete(code, cursor);
            let types = found.matches.iter().zip(&found.types);
            let types: Vec<_> =
                types.map(|(text, kind)| json!({ "start": found.start, "end": found.end, "text": text, "type": kind })).collect();
            let metadata = if types.is_empty() { json!({}) } else { json!({ "_jupyter_types_experimental": types }) };
            let content = json!({
                "status": "ok", "matches": found.matches, "cursor_start": found.start, "cursor_end": found.end, "metadata": metadata,
            });
            ("complete_reply", content)
        }
        "inspect_request" => {
            let found = interpreter.inspect(code, cursor, content["detail_level"].as_u64().unwrap_or(0));
            let content = json!({ "status": "ok", "found": found.is_some(), "data": found.unwrap_or_default(), "metadata": {} });
            ("inspect_reply", content)
        }
        "is_complete_request" => match interpreter.is_complete(code) {
            Completeness::Complete => ("is_complete_reply", json!({ "status": "complete" })),
            Completeness::Incomplete(indent) => ("is_complete_reply", json!({ "status": "incomplete", "indent": indent })),
            Completeness::Invalid => ("is_complete_reply", json!({ "status": "invalid" })),
        },
        "history_request" => ("history_reply", history(interpreter, content)),
        // No target of comms is registered in this kernel.
        "comm_info_request" => ("comm_info_reply", json!({ "status": "ok", "comms": {} })),
        "comm_open" => {
            shared.iopub.publish("comm_close", &json!({ "comm_id": content["comm_id"], "data": {} }));
            return None;
        }
        _ => return None,
    })
}

/// So many cells are told to whoever does not say how many.
const TAIL: usize = 10;

fn history(interpreter: &dyn Interpreter, content: &Value) -> Value {
    let number = |name: &str| content[name].as_i64();
    let count = |name: &str| number(name).and_then(|n| usize::try_from(n).ok());
    let question = match content["hist_access_type"].as_str() {
        Some("range") => History::Range(number("session").unwrap_or(0), count("start").unwrap_or(1), count("stop")),
        Some("search") => {
            let pattern = content["pattern"].as_str().unwrap_or("*").to_owned();
            History::Search(pattern, count("n"), content["unique"] == true)
        }
        _ => History::Tail(count("n").unwrap_or(TAIL)),
    };
    let output = content["output"] == true;
    let cells = interpreter.history(&question).into_iter().map(|cell| match output {
        true => json!([cell.session, cell.number, [cell.source, cell.output]]),
        false => json!([cell.session, cell.number, cell.source]),
    });
    json!({ "status": "ok", "history": cells.collect::<Vec<_>>() })
}

/// A request of the debugger; its answer goes over control, and its events belong to it.
fn debug(shared: &Shared, interpreter: &dyn Interpreter, message: &Message) {
    let response = interpreter.debug(&message.content);
    shared.reply(&shared.control, &message.parent, "debug_reply", &response, &json!({}));
    shared.iopub.publish_about(&message.parent.header, "status", &json!({ "execution_state": "idle" }));
}
