package ch.tocco.lomigrate.benchmarks.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Keeps {@link Results} in a file of JSON. What is there of other workloads stays. */
public final class ResultsFile {
    private static final String NAME = "results.json";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;

    /** The file need not exist. */
    public ResultsFile(Path directory) {
        this.file = directory.resolve(NAME);
    }

    public Results load() throws IOException {
        return Files.exists(file) ? JSON.readValue(Files.readString(file), Results.class) : Results.empty();
    }

    /** Adds figures at once, so that a failure later on does not lose them; see {@link Results#put}. */
    public <T> void add(Function<Results, Map<String, Entry<T>>> kind, String name, Circumstances how, T figures)
            throws IOException {
        Results results = load();
        if (Results.put(kind.apply(results), name, new Entry<>(how, figures))) {
            save(results);
        } else {
            System.out.println(name + ": " + file + " keeps its figures, as these may not be quoted and those may;"
                    + " remove them there to have them replaced");
        }
    }

    private void save(Results results) throws IOException {
        Path written = file.resolveSibling(NAME + ".new");
        Files.writeString(written, JSON.writeValueAsString(results) + "\n");
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Reads the figures of a soak from a file that the soak wrote. */
    public static Soak soak(Path written) throws IOException {
        return JSON.readValue(Files.readString(written), Soak.class);
    }
}
