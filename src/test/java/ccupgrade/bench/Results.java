package ccupgrade.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** Every sample of every experiment, in the order of their making; on the disk after each. */
final class Results {

    private final Path file;
    private final JsonObject all = new JsonObject();

    Results(Path file, JsonObject machine) throws IOException {
        this.file = file;
        all.add("machine", machine);
        write();
    }

    void add(String experiment, JsonObject sample) throws IOException {
        if (!all.has(experiment)) {
            all.add(experiment, new JsonArray());
        }
        all.getAsJsonArray(experiment).add(sample);
        write();
    }

    private void write() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(
                file,
                new GsonBuilder()
                                .setPrettyPrinting()
                                .disableHtmlEscaping()
                                .create()
                                .toJson(all) + "\n");
    }

    boolean has(String experiment) {
        return all.has(experiment);
    }

    /** The samples that have just these values. */
    List<JsonObject> of(String experiment, Map<String, ?> values) {
        List<JsonObject> found = new ArrayList<>();
        if (all.has(experiment)) {
            for (JsonElement element : all.getAsJsonArray(experiment)) {
                JsonObject sample = element.getAsJsonObject();
                if (values.entrySet().stream()
                        .allMatch(entry -> sample.has(entry.getKey())
                                && sample.get(entry.getKey())
                                        .getAsString()
                                        .equals(entry.getValue().toString()))) {
                    found.add(sample);
                }
            }
        }
        return found;
    }

    /** One value of each of them; empty when none has it. @param path of fields, with dots between them */
    Optional<Samples> values(String experiment, Map<String, ?> values, String path) {
        List<Double> found = new ArrayList<>();
        for (JsonObject sample : of(experiment, values)) {
            JsonElement element = sample;
            for (String name : path.split("\\.")) {
                element = element == null ? null : element.getAsJsonObject().get(name);
            }
            if (element != null && element.isJsonArray()) {
                StreamSupport.stream(element.getAsJsonArray().spliterator(), false)
                        .forEach(each -> found.add(each.getAsDouble()));
            } else if (element != null) {
                found.add(element.getAsDouble());
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(new Samples(found));
    }

    /** The sizes that an experiment was made with, in GB, smallest first. */
    List<Double> sizes(String experiment) {
        TreeSet<Double> sizes = new TreeSet<>();
        of(experiment, Map.of()).forEach(sample -> sizes.add(sample.get("size").getAsDouble()));
        return List.copyOf(sizes);
    }
}
