"""Settings read from the environment."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from config import environment


class TestDatabase:
    def test_sqlite_file_is_tuned_for_many_writers(self):
        found = environment.database("sqlite:////srv/linke/data%20base.sqlite3")

        assert found["NAME"] == "/srv/linke/data base.sqlite3"
        assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]

    def test_postgresql_with_user_password_port_and_options(self):
        found = environment.database("postgres://linke:p%40ss@db.example:5433/linke?sslmode=require")

        assert (found["USER"], found["PASSWORD"]) == ("linke", "p@ss")
        assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "5433", "linke")
        assert found["OPTIONS"] == {"sslmode": "require"}

    def test_postgresql_behind_a_socket(self):
        found = environment.database("postgresql://postgres:@/linke?host=/tmp/socket")

        assert (found["HOST"], found["PORT"]) == ("", "")
        assert found["OPTIONS"] == {"host": "/tmp/socket"}

    @pytest.mark.parametrize("url", ["mysql://localhost/linke", "linke.sqlite3"])
    def test_refuses_what_it_does_not_know(self, url):
        with pytest.raises(ValueError, match="DATABASE_URL must start with"):
            environment.database(url)


class TestCache:
    def test_table_of_the_database(self):
        assert environment.cache("database:")["LOCATION"] == "cache"

    def test_refuses_what_it_does_not_know(self):
        with pytest.raises(ValueError, match="CACHE_URL must start with"):
            environment.cache("memcached://localhost")

    def test_real_valkey_keeps_a_value(self, valkey, settings):
        settings.CACHES = {"default": environment.cache(valkey.replace("redis://", "valkey://"))}
        from django.core.cache import cache  # noqa: PLC0415  the handler reads the settings above

        cache.set("greeting", "您好")

        assert cache.get("greeting") == "您好"


class TestMailer:
    def test_files_when_no_server_is_named(self, tmp_path):
        assert environment.mailer("", folder=tmp_path)["OPTIONS"] == {"file_path": tmp_path}

    def test_server_with_login_speaks_tls(self, tmp_path):
        found = environment.mailer("smtp://linke:secret@mail.example", folder=tmp_path)["OPTIONS"]

        assert (found["host"], found["port"], found["use_tls"], found["use_ssl"]) == ("mail.example", 587, True, False)

    def test_refuses_what_it_does_not_know(self, tmp_path):
        with pytest.raises(ValueError, match="LINKE_SMTP must start with"):
            environment.mailer("https://mail.example", folder=tmp_path)


class TestSecretKey:
    def test_given_key_is_used(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "given")

        assert environment.secret_key(tmp_path) == "given"
        assert not list(tmp_path.iterdir())

    def test_first_start_makes_one_that_only_its_owner_reads(self, tmp_path, monkeypatch):
        monkeypatch.delenv("SECRET_KEY")

        key = environment.secret_key(tmp_path)

        (file,) = tmp_path.iterdir()
        assert len(key) > 50
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert environment.secret_key(tmp_path) == key

    def test_first_starts_at_one_moment_agree(self, tmp_path, monkeypatch):
        monkeypatch.delenv("SECRET_KEY")

        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _: environment.secret_key(tmp_path), range(8)))

        assert len(keys) == 1


class TestWords:
    @pytest.mark.parametrize("text", ["a.example,b.example", " a.example  b.example ", "a.example, b.example"])
    def test_commas_and_spaces_separate(self, text, monkeypatch):
        monkeypatch.setenv("LINKE_HOST", text)

        assert environment.words("LINKE_HOST") == ["a.example", "b.example"]

    @pytest.mark.parametrize(("text", "answer"), [("1", True), ("Yes", True), ("0", False), ("", False)])
    def test_flag(self, text, answer, monkeypatch):
        monkeypatch.setenv("DEBUG", text)

        assert environment.flag("DEBUG") is answer
