"""Showing more than text: `IPython.display`, on Heapbook's own kernel."""

import _heapbook

__all__ = [
    "display", "display_html", "display_javascript", "display_jpeg", "display_json", "display_latex", "display_markdown", "display_pdf",
    "display_png", "display_pretty", "display_svg", "update_display", "clear_output", "publish_display_data", "DisplayHandle",
    "DisplayObject", "TextDisplayObject", "Pretty", "HTML", "Markdown", "Math", "Latex", "SVG", "JSON", "GeoJSON", "Javascript", "Image",
    "Code", "IFrame", "ProgressBar",
]


def publish_display_data(data, metadata=None, *, transient=None, update=False, source=None, **kwargs):
    """Shows data that is there by media type."""
    content = {"data": data, "metadata": metadata or {}, "transient": transient or {}}
    _heapbook.publish("update_display_data" if update else "display_data", content)


def _new_id():
    import os
    return os.urandom(16).hex()


def display(*objs, include=None, exclude=None, metadata=None, transient=None, display_id=None, raw=False, clear=False, **kwargs):
    """Shows objects, each by all the media types that it knows."""
    transient = dict(transient or {})
    if display_id is not None:
        if display_id is True:
            display_id = _new_id()
        transient["display_id"] = display_id
    update = kwargs.pop("update", False)
    if update and "display_id" not in transient:
        raise TypeError("display_id required for update_display")
    if clear:
        clear_output(wait=True)
    for obj in objs:
        if raw:
            publish_display_data(obj, metadata, transient=transient, update=update)
            continue
        bundle = _heapbook.bundle(obj)
        if bundle is None:
            continue
        data, more = bundle
        if include is not None:
            data = {k: v for k, v in data.items() if k in include}
        if exclude is not None:
            data = {k: v for k, v in data.items() if k not in exclude}
        if metadata:
            more.update(metadata)
        publish_display_data(data, more, transient=transient, update=update)
    if display_id is not None:
        return DisplayHandle(transient["display_id"])


def update_display(obj, *, display_id, **kwargs):
    """Shows an object in the place of another."""
    display(obj, display_id=display_id, update=True, **kwargs)


def clear_output(wait=False):
    """Clears the cell's outputs, at once or with the next."""
    _heapbook.publish("clear_output", {"wait": bool(wait)})


class DisplayHandle:
    """A place where something is shown."""

    def __init__(self, display_id=None):
        self.display_id = _new_id() if display_id is None else display_id

    def __repr__(self):
        return "<%s display_id=%s>" % (self.__class__.__name__, self.display_id)

    def display(self, obj, **kwargs):
        display(obj, display_id=self.display_id, **kwargs)

    def update(self, obj, **kwargs):
        update_display(obj, display_id=self.display_id, **kwargs)


class DisplayObject:
    """Data that is shown as what it is."""

    _read_flags = "r"

    def __init__(self, data=None, url=None, filename=None, metadata=None):
        if url is not None:
            raise ValueError("this kernel reads no addresses; give the data, or a file")
        if data is not None and isinstance(data, str) and filename is None and self._is_file(data):
            data, filename = None, data
        self.data = data
        self.url = url
        self.filename = filename
        self.metadata = metadata or {}
        self.reload()

    def _is_file(self, data):
        return False

    def reload(self):
        """Reads the file again."""
        if self.filename is not None:
            with open(self.filename, self._read_flags) as f:
                self.data = f.read()

    def __repr__(self):
        return "<%s.%s object>" % (self.__class__.__module__.replace("IPython.display", "IPython.core.display"), self.__class__.__name__)

    def _data_and_metadata(self):
        if self.metadata:
            return self.data, self.metadata
        return self.data


class TextDisplayObject(DisplayObject):
    def __init__(self, data=None, url=None, filename=None, metadata=None):
        if data is not None and not isinstance(data, (str, dict, list)):
            raise TypeError("%s expects text, not %r" % (self.__class__.__name__, data))
        super().__init__(data, url, filename, metadata)


class Pretty(TextDisplayObject):
    def __repr__(self):
        return self.data


class HTML(TextDisplayObject):
    def _repr_html_(self):
        return self._data_and_metadata()

    def __html__(self):
        return self._repr_html_()


class Markdown(TextDisplayObject):
    def _repr_markdown_(self):
        return self._data_and_metadata()


class Latex(TextDisplayObject):
    def _repr_latex_(self):
        return self._data_and_metadata()


class Math(TextDisplayObject):
    def _repr_latex_(self):
        s = r"$\displaystyle %s$" % self.data.strip("$")
        return (s, self.metadata) if self.metadata else s


class SVG(DisplayObject):
    def _repr_svg_(self):
        return self._data_and_metadata()


class JSON(DisplayObject):
    def __init__(self, data=None, url=None, filename=None, expanded=False, metadata=None, root="root", **kwargs):
        self._more = {"expanded": expanded, "root": root, **kwargs}
        super().__init__(data, url, filename, metadata)
        self.metadata = {**self._more, **self.metadata}
        if isinstance(self.data, str):
            import json
            self.data = json.loads(self.data)

    def _repr_json_(self):
        return self.data, self.metadata


class GeoJSON(JSON):
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/geo+json": self.data, "text/plain": "<IPython.display.GeoJSON object>"}, {"application/geo+json": self.metadata}

    _repr_json_ = None


class Javascript(TextDisplayObject):
    def _repr_javascript_(self):
        return self.data


class Code(TextDisplayObject):
    def __init__(self, data=None, url=None, filename=None, language=None):
        self.language = language
        super().__init__(data, url, filename)

    def _repr_html_(self):
        import html
        return "<pre>%s</pre>" % html.escape(self.data)

    def __repr__(self):
        return self.data


class Image(DisplayObject):
    _read_flags = "rb"
    _FORMATS = {"png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}

    def __init__(self, data=None, url=None, filename=None, format=None, embed=None, width=None, height=None, retina=False,
                 unconfined=False, metadata=None, alt=None):
        if isinstance(data, str) and filename is None:
            data, filename = None, data
        if format is None:
            if filename is not None:
                format = filename.rsplit(".", 1)[-1].lower()
            elif data is not None and data[:2] == b"\xff\xd8":
                format = "jpeg"
            elif data is not None and data[:4] == b"GIF8":
                format = "gif"
            elif data is not None and data[:4] == b"RIFF":
                format = "webp"
            else:
                format = "png"
        if format.lower() not in self._FORMATS:
            raise ValueError("Cannot embed the '%s' image format" % format)
        self.format = format.lower()
        super().__init__(data, url, filename, metadata)
        if data is None and filename is None:
            raise ValueError("No image data found. Expecting filename, url, or data.")
        for name, value in (("width", width), ("height", height), ("alt", alt)):
            if value is not None:
                self.metadata[name] = value

    def _repr_mimebundle_(self, include=None, exclude=None):
        media = self._FORMATS[self.format]
        return {media: self.data, "text/plain": repr(self)}, ({media: self.metadata} if self.metadata else {})


class IFrame:
    """A page inside the notebook."""

    def __init__(self, src, width, height, extras=None, **kwargs):
        self.src, self.width, self.height, self.extras, self.params = src, width, height, extras or [], kwargs

    def _repr_html_(self):
        query = "?" + "&".join("%s=%s" % item for item in self.params.items()) if self.params else ""
        return '<iframe width="%s" height="%s" src="%s%s" frameborder="0" allowfullscreen %s></iframe>' % (
            self.width, self.height, self.src, query, " ".join(self.extras))


class ProgressBar:
    """How far something has come."""

    def __init__(self, total):
        self.total = total
        self._progress = 0
        self._display_id = _new_id()

    def __repr__(self):
        filled = int(60 * self._progress / self.total) if self.total else 60
        return "[%s%s] %s/%s" % ("=" * filled, " " * (60 - filled), self._progress, self.total)

    def _repr_html_(self):
        return '<progress style="width:60ex" max="%s" value="%s"></progress>' % (self.total, self._progress)

    def display(self):
        display(self, display_id=self._display_id)

    def update(self):
        display(self, display_id=self._display_id, update=True)

    @property
    def progress(self):
        return self._progress

    @progress.setter
    def progress(self, value):
        self._progress = value
        self.update()

    def __iter__(self):
        self.display()
        self._progress = -1
        return self

    def __next__(self):
        self.progress += 1
        if self.progress < self.total:
            return self.progress
        raise StopIteration


def _shower(media):
    def show(*objs, **kwargs):
        if kwargs.pop("raw", False):
            for obj in objs:
                publish_display_data({media: obj}, kwargs.get("metadata"))
        else:
            display(*objs, include=["text/plain", media], **kwargs)
    return show


display_html = _shower("text/html")
display_javascript = _shower("application/javascript")
display_jpeg = _shower("image/jpeg")
display_json = _shower("application/json")
display_latex = _shower("text/latex")
display_markdown = _shower("text/markdown")
display_pdf = _shower("application/pdf")
display_png = _shower("image/png")
display_pretty = _shower("text/plain")
display_svg = _shower("image/svg+xml")
