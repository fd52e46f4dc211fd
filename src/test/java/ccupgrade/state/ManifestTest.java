package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {

    private static final FileOwner OWNER = new FileOwner(990, 991, 0640);

    @TempDir
    private Path directory;

    private final String full = """
            {
              "format": 3,
              "id": "7-before-1790000000",
              "release": 1789000000,
              "operation": 7,
              "taken": "2026-11-26T19:15:48.232Z",
              "reason": "before the install of 2.0 (1790000000)",
              "databases": [
                {
                  "path": "var/jobs.db",
                  "saved": {
                    "file": "1-jobs.db",
                    "size": 32768,
                    "form": "COMPRESSED",
                    "logSize": 0,
                    "sha256": "d96e",
                    "compressedSize": 1594,
                    "owner": {
                      "user": 990,
                      "group": 991,
                      "mode": 416
                    },
                    "schema": {
                      "kind": "FLYWAY",
                      "version": "2",
                      "dirty": false,
                      "fingerprint": "de6d",
                      "flywayHistory": [
                        {
                          "rank": 1,
                          "version": "2",
                          "description": "create \\"jobs\\" <ü>",
                          "type": "SQL",
                          "script": "V2__create.sql",
                          "checksum": -1296212985,
                          "success": true
                        },
                        {
                          "rank": 2,
                          "description": "view",
                          "type": "JDBC",
                          "script": "app.R__view",
                          "success": false
                        }
                      ]
                    },
                    "rows": {
                      "jobs": 7,
                      "tag": 6
                    },
                    "integrity": [
                      "ok"
                    ]
                  }
                },
                {
                  "path": "var/absent.db"
                },
                {
                  "path": "var/new.db",
                  "saved": {
                    "file": "3-new.db",
                    "size": 4096,
                    "form": "WITH_LOG",
                    "logSize": 4152,
                    "compressedSize": 0,
                    "owner": {
                      "user": 990,
                      "group": 991,
                      "mode": 416
                    },
                    "schema": {
                      "kind": "NONE",
                      "dirty": true,
                      "fingerprint": "ab",
                      "flywayHistory": []
                    },
                    "integrity": [
                      "unchecked"
                    ]
                  }
                }
              ],
              "files": [
                {
                  "path": "config.json",
                  "replaced": true,
                  "copy": {
                    "file": "file-1",
                    "size": 12,
                    "sha256": "0a0b",
                    "owner": {
                      "user": 990,
                      "group": 991,
                      "mode": 416
                    }
                  }
                },
                {
                  "path": ".env",
                  "replaced": false
                }
              ],
              "archive": {
                "path": "var/job-archive",
                "version": 2,
                "tree": {
                  "way": "LINK",
                  "files": 12,
                  "bytes": 34567
                }
              },
              "filesOnly": false
            }
            """;

    private Snapshot snapshot() {
        SavedFile compressed = new SavedFile(
                "1-jobs.db",
                32_768,
                SavedFile.Form.COMPRESSED,
                0,
                "d96e",
                1594,
                OWNER,
                new SchemaVersion(
                        VersionKind.FLYWAY,
                        "2",
                        false,
                        "de6d",
                        List.of(
                                new HistoryRow(
                                        1, "2", "create \"jobs\" <ü>", "SQL", "V2__create.sql", -1_296_212_985, true),
                                new HistoryRow(2, null, "view", "JDBC", "app.R__view", null, false))),
                Map.of("tag", 6L, "jobs", 7L),
                SavedFile.INTACT);
        SavedFile unsettled = new SavedFile(
                "3-new.db",
                4096,
                SavedFile.Form.WITH_LOG,
                4152,
                null,
                0,
                OWNER,
                new SchemaVersion(VersionKind.NONE, null, true, "ab", List.of()),
                null,
                SavedFile.UNCHECKED);
        return new Snapshot(
                "7-before-1790000000",
                directory.resolve("7-before-1790000000"),
                1_789_000_000L,
                7,
                Instant.parse("2026-11-26T19:15:48.232Z"),
                "before the install of 2.0 (1790000000)",
                List.of(
                        new SavedDatabase("var/jobs.db", compressed),
                        new SavedDatabase("var/absent.db", null),
                        new SavedDatabase("var/new.db", unsettled)),
                List.of(
                        new KeptFile("config.json", true, new KeptFile.Copy("file-1", 12, "0a0b", OWNER)),
                        new KeptFile(".env", false, null)),
                new SavedArchive("var/job-archive", 2L, new SavedTree(SavedTree.Way.LINK, 12L, 34_567L)),
                false);
    }

    private Path written(String id, String text) throws Exception {
        Path its = Files.createDirectories(directory.resolve(id));
        Files.writeString(its.resolve(Manifest.FILE), text);
        return its;
    }

    @Test
    void what_is_on_the_disk_is_a_format_and_does_not_follow_the_names_in_the_program() {
        assertThat(new String(Manifest.bytes(snapshot()), StandardCharsets.UTF_8))
                .isEqualTo(full);
    }

    @Test
    void all_that_is_written_is_read_again() throws Exception {
        assertThat(Manifest.read(written("7-before-1790000000", full))).isEqualTo(snapshot());
    }

    @Test
    void the_first_format_is_read_which_knew_neither_files_nor_forms() throws Exception {
        Path its = written("1-before-1789000000", """
                {
                  "format": 1,
                  "id": "1-before-1789000000",
                  "operation": 1,
                  "taken": "2026-11-20T10:00:00Z",
                  "reason": "before the install of 1.0 (1789000000)",
                  "databases": [
                    {
                      "path": "var/jobs.db",
                      "saved": {
                        "file": "1-jobs.db",
                        "size": 32768,
                        "sha256": "d96e",
                        "owner": {"user": 0, "group": 0, "mode": 420},
                        "schema": {"kind": "USER_VERSION", "version": "3", "dirty": false, "fingerprint": "de", "flywayHistory": []},
                        "rows": {"jobs": 7},
                        "integrity": ["ok"]
                      }
                    }
                  ]
                }
                """);

        Snapshot read = Manifest.read(its);

        assertThat(read.release()).isNull();
        assertThat(read.files()).isEmpty();
        assertThat(read.archive()).isNull();
        assertThat(read.filesOnly()).isFalse();
        SavedFile saved = read.databases().get(0).saved();
        assertThat(saved).isNotNull();
        assertThat(saved.form()).isEqualTo(SavedFile.Form.ALONE);
        assertThat(saved.logSize()).isZero();
        assertThat(saved.compressedSize()).isZero();
    }

    @Test
    void a_newer_format_is_told_though_it_cannot_be_understood() throws Exception {
        Path its = written("1-x", "{\"format\": 4, \"databases\": \"elsewhere\"}");

        assertThatThrownBy(() -> Manifest.read(its))
                .hasMessage("cannot read " + its.resolve("manifest.json")
                        + ": it has format 4, and this ccupgrade knows up to 3");
    }
}
