"""Files and text to bring in, and where to."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

MOST_FILES = 10
MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
LONGEST_TEXT = 200_000  # characters; Django itself refuses more than 2.5 MB

# What a pasted list may look like, by whom it is about: the headings and a line or two.
PASTED = {
    "senior": "姓名\t年龄\t联系电话\t手机型号\t想学什么\n王秀英\t72\t16000000021\t华为畅享60\t微信视频",
    "child": "孩子姓名\t监护人1\t电话\t哪几天来\t谁来接\n李沐辰\t李建\t16000000011\t一三五\t爸爸、奶奶",
}


class FilesInput(forms.ClearableFileInput):
    """A file field that takes several; files may be dropped on it."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Every file that was chosen."""

    widget = FilesInput

    def clean(self, data, initial=None) -> list[UploadedFile]:
        """All files, none when nothing was chosen."""
        return [file for file in data or [] if file]


class ImportForm(forms.Form):
    """At least one file, or text, or the samples. `too_large` asks for status 413."""

    files = FilesField(label="文件", required=False)
    text = forms.CharField(
        label="或者粘贴接龙、表格",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "in"}),
    )
    community = forms.ChoiceField(
        label="社区",
        required=False,
        error_messages={"invalid_choice": "没有这个社区。请从列表里选，或写到“新的社区”里。"},
    )
    new_community = forms.CharField(
        label="新的社区",
        required=False,
        max_length=40,
        min_length=2,
        help_text="列表里没有才写，写了就导入到这个新的社区。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"min_length": "社区名至少两个字。"},
    )
    term = forms.CharField(
        label="学期",
        max_length=20,
        help_text="写成 2026秋、2027春 这样，没有的会新建。",
        widget=forms.TextInput(attrs={"list": "terms", "autocomplete": "off"}),
        error_messages={"required": "请写是哪个学期，例如 2026秋。"},
    )
    samples = forms.BooleanField(required=False, widget=forms.HiddenInput)

    too_large = False

    def __init__(self, *args, communities: list[str], paste: str = "", **kwargs) -> None:
        """`communities` are the names of those there are; with none, only a new one can be written.

        `paste`, a key of PASTED, opens the form with the cursor where text is pasted.
        """
        super().__init__(*args, **kwargs)
        self.pasting = PASTED.get(paste, "")
        if self.pasting:
            self.fields["text"].label = "在表格里选好行，连标题一起复制，粘贴到这里"
            self.fields["text"].widget.attrs |= {"rows": 9, "placeholder": self.pasting, "autofocus": not self.is_bound}
        self.fields["community"].choices = [(name, name) for name in communities]
        if not communities:
            del self.fields["community"]
            self.fields["new_community"].label = "社区"
            self.fields["new_community"].help_text = "例如：梧桐社区"

    def clean_files(self) -> list[UploadedFile]:
        """At most ten files of ten megabytes."""
        files = self.cleaned_data["files"]
        large = [file.name for file in files if file.size > LARGEST]
        if large:
            self.too_large = True
            raise forms.ValidationError(f"{'、'.join(large)}超过 10 MB。请删掉图片，或分成几个文件，再选一次。")
        if len(files) > MOST_FILES:
            self.too_large = True
            raise forms.ValidationError(f"一次最多 {MOST_FILES} 个文件，您选了 {len(files)} 个。请分几次导入。")
        return files

    def clean_text(self) -> str:
        """Pasted text of a reasonable length."""
        text = self.cleaned_data["text"].replace("\x00", "")
        if len(text) > LONGEST_TEXT:
            self.too_large = True
            raise forms.ValidationError("粘贴的内容太长了。请存成文件，再选文件导入。")
        return text

    def clean(self) -> dict:
        """Something to read."""
        cleaned = super().clean()
        cleaned["place"] = cleaned.get("new_community") or cleaned.get("community", "")
        if not cleaned["place"] and not {"community", "new_community"} & set(self.errors):
            self.add_error("new_community", "请写导入到哪个社区。")
        nothing = not cleaned.get("files") and not cleaned.get("text", "").strip() and not cleaned.get("samples")
        if nothing and "files" not in self.errors and "text" not in self.errors:
            self.add_error("files", "还没有选文件，也没有粘贴内容。请先选一个文件，或粘贴接龙。")
        return cleaned

    def contents(self) -> list[tuple[str, bytes]]:
        """Names and bytes of the files."""
        return [(file.name, file.read()) for file in self.cleaned_data["files"]]
