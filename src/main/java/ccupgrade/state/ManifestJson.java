package ccupgrade.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as JSON and back. Field by field rather than by reflection, so that renaming something in the program cannot change what is
 * on disk, and because reflection takes 50 ms of every command that looks at snapshots.
 */
final class ManifestJson {

    private ManifestJson() {}

    /** What has no value is {@code JsonNull}, for a writer that leaves it out. */
    static JsonObject of(Snapshot snapshot, int format) {
        JsonObject json = new JsonObject();
        json.addProperty("format", format);
        json.addProperty("id", snapshot.id());
        json.addProperty("release", snapshot.release());
        json.addProperty("operation", snapshot.operation());
        json.addProperty("taken", snapshot.taken().toString());
        json.addProperty("reason", snapshot.reason());
        json.add("databases", array(snapshot.databases(), ManifestJson::of));
        json.add("files", array(snapshot.files(), ManifestJson::of));
        json.add("archive", snapshot.archive() == null ? null : of(snapshot.archive()));
        json.addProperty("filesOnly", snapshot.filesOnly());
        return json;
    }

    /** @throws RuntimeException of many kinds when this is not what {@link #of(Snapshot, int)} made, in this format or an earlier one */
    static Snapshot snapshot(JsonObject json, Path directory) {
        return new Snapshot(
                text(json, "id"),
                directory,
                optionalNumber(json, "release"),
                number(json, "operation"),
                Instant.parse(text(json, "taken")),
                text(json, "reason"),
                list(json.getAsJsonArray("databases"), ManifestJson::database),
                // Manifests before format 3 know of none.
                isNull(json, "files") ? List.of() : list(json.getAsJsonArray("files"), ManifestJson::keptFile),
                isNull(json, "archive") ? null : archive(json.getAsJsonObject("archive")),
                flag(json, "filesOnly"));
    }

    private static JsonObject of(SavedDatabase database) {
        JsonObject json = new JsonObject();
        json.addProperty("path", database.path());
        json.add("saved", database.saved() == null ? null : of(database.saved()));
        return json;
    }

    private static SavedDatabase database(JsonObject json) {
        return new SavedDatabase(
                text(json, "path"), isNull(json, "saved") ? null : savedFile(json.getAsJsonObject("saved")));
    }

    private static JsonObject of(SavedFile saved) {
        JsonObject json = new JsonObject();
        json.addProperty("file", saved.file());
        json.addProperty("size", saved.size());
        json.addProperty("form", saved.form().name());
        json.addProperty("logSize", saved.logSize());
        json.addProperty("sha256", saved.sha256());
        json.addProperty("compressedSize", saved.compressedSize());
        json.add("owner", of(saved.owner()));
        json.add("schema", of(saved.schema()));
        Map<String, Long> rows = saved.rows();
        if (rows != null) {
            JsonObject counted = new JsonObject();
            rows.forEach(counted::addProperty);
            json.add("rows", counted);
        }
        JsonArray integrity = new JsonArray();
        saved.integrity().forEach(integrity::add);
        json.add("integrity", integrity);
        return json;
    }

    private static SavedFile savedFile(JsonObject json) {
        List<String> integrity = new ArrayList<>();
        for (JsonElement line : json.getAsJsonArray("integrity")) {
            integrity.add(line.getAsString());
        }
        return new SavedFile(
                text(json, "file"),
                number(json, "size"),
                // Manifests of format 1 do not tell it.
                isNull(json, "form") ? SavedFile.Form.ALONE : SavedFile.Form.valueOf(text(json, "form")),
                number(json, "logSize"),
                optionalText(json, "sha256"),
                number(json, "compressedSize"),
                owner(json.getAsJsonObject("owner")),
                schema(json.getAsJsonObject("schema")),
                isNull(json, "rows") ? null : rows(json.getAsJsonObject("rows")),
                integrity);
    }

    private static Map<String, Long> rows(JsonObject json) {
        Map<String, Long> rows = new TreeMap<>();
        for (Map.Entry<String, JsonElement> table : json.entrySet()) {
            rows.put(table.getKey(), table.getValue().getAsLong());
        }
        return rows;
    }

    private static JsonObject of(FileOwner owner) {
        JsonObject json = new JsonObject();
        json.addProperty("user", owner.user());
        json.addProperty("group", owner.group());
        json.addProperty("mode", owner.mode());
        return json;
    }

    private static FileOwner owner(JsonObject json) {
        return new FileOwner(integer(json, "user"), integer(json, "group"), integer(json, "mode"));
    }

    private static JsonObject of(SchemaVersion schema) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", schema.kind().name());
        json.addProperty("version", schema.version());
        json.addProperty("dirty", schema.dirty());
        json.addProperty("fingerprint", schema.fingerprint());
        json.add("flywayHistory", array(schema.flywayHistory(), ManifestJson::of));
        return json;
    }

    private static SchemaVersion schema(JsonObject json) {
        return new SchemaVersion(
                VersionKind.valueOf(text(json, "kind")),
                optionalText(json, "version"),
                flag(json, "dirty"),
                text(json, "fingerprint"),
                list(json.getAsJsonArray("flywayHistory"), ManifestJson::historyRow));
    }

    private static JsonObject of(HistoryRow row) {
        JsonObject json = new JsonObject();
        json.addProperty("rank", row.rank());
        json.addProperty("version", row.version());
        json.addProperty("description", row.description());
        json.addProperty("type", row.type());
        json.addProperty("script", row.script());
        json.addProperty("checksum", row.checksum());
        json.addProperty("success", row.success());
        return json;
    }

    private static HistoryRow historyRow(JsonObject json) {
        return new HistoryRow(
                integer(json, "rank"),
                optionalText(json, "version"),
                text(json, "description"),
                text(json, "type"),
                text(json, "script"),
                isNull(json, "checksum") ? null : integer(json, "checksum"),
                flag(json, "success"));
    }

    private static JsonObject of(KeptFile file) {
        JsonObject json = new JsonObject();
        json.addProperty("path", file.path());
        json.addProperty("replaced", file.replaced());
        KeptFile.Copy copy = file.copy();
        if (copy != null) {
            JsonObject its = new JsonObject();
            its.addProperty("file", copy.file());
            its.addProperty("size", copy.size());
            its.addProperty("sha256", copy.sha256());
            its.add("owner", of(copy.owner()));
            json.add("copy", its);
        }
        return json;
    }

    private static KeptFile keptFile(JsonObject json) {
        KeptFile.Copy copy = null;
        if (!isNull(json, "copy")) {
            JsonObject its = json.getAsJsonObject("copy");
            copy = new KeptFile.Copy(
                    text(its, "file"), number(its, "size"), text(its, "sha256"), owner(its.getAsJsonObject("owner")));
        }
        return new KeptFile(text(json, "path"), flag(json, "replaced"), copy);
    }

    private static JsonObject of(SavedArchive archive) {
        JsonObject json = new JsonObject();
        json.addProperty("path", archive.path());
        json.addProperty("version", archive.version());
        SavedTree tree = archive.tree();
        if (tree != null) {
            JsonObject its = new JsonObject();
            its.addProperty("way", tree.way().name());
            its.addProperty("files", tree.files());
            its.addProperty("bytes", tree.bytes());
            json.add("tree", its);
        }
        return json;
    }

    private static SavedArchive archive(JsonObject json) {
        SavedTree tree = null;
        if (!isNull(json, "tree")) {
            JsonObject its = json.getAsJsonObject("tree");
            tree = new SavedTree(
                    SavedTree.Way.valueOf(text(its, "way")),
                    optionalNumber(its, "files"),
                    optionalNumber(its, "bytes"));
        }
        return new SavedArchive(text(json, "path"), optionalNumber(json, "version"), tree);
    }

    private static <T> JsonArray array(List<T> values, Function<T, JsonObject> toJson) {
        JsonArray array = new JsonArray(values.size());
        for (T value : values) {
            array.add(toJson.apply(value));
        }
        return array;
    }

    private static <T> List<T> list(JsonArray array, Function<JsonObject, T> fromJson) {
        List<T> values = new ArrayList<>(array.size());
        for (JsonElement element : array) {
            values.add(fromJson.apply(element.getAsJsonObject()));
        }
        return values;
    }

    private static boolean isNull(JsonObject json, String key) {
        JsonElement value = json.get(key);
        return value == null || value.isJsonNull();
    }

    private static String text(JsonObject json, String key) {
        return json.get(key).getAsString();
    }

    private static @Nullable String optionalText(JsonObject json, String key) {
        return isNull(json, key) ? null : text(json, key);
    }

    /** 0 where an earlier format does not have it. */
    private static long number(JsonObject json, String key) {
        return isNull(json, key) ? 0 : json.get(key).getAsLong();
    }

    private static int integer(JsonObject json, String key) {
        return Math.toIntExact(number(json, key));
    }

    private static @Nullable Long optionalNumber(JsonObject json, String key) {
        return isNull(json, key) ? null : number(json, key);
    }

    /** False where an earlier format does not have it. */
    private static boolean flag(JsonObject json, String key) {
        return !isNull(json, key) && json.get(key).getAsBoolean();
    }
}
