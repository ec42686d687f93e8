package io.knit.launcher.remote.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the host's {@code sh} is to do. It is read from standard input, values and all, so that none of them stands in a list of processes; it runs only when
 * all of it has arrived, and what it starts finds an empty input.
 */
public final class Script {
    private static final String END = "\nmain </dev/null\n";

    private final Class<?> beside;
    private final String name;
    private final List<String> values = new ArrayList<>();

    private Script(Class<?> beside, String name) {
        this.beside = beside;
        this.name = name;
    }

    /** @param name of a file beside that class, without {@code .sh}; {@code common.sh} there goes before it */
    public static Script of(Class<?> beside, String name) {
        return new Script(beside, name);
    }

    /**
     * Gives it a variable.
     *
     * @throws IllegalArgumentException if the value has a NUL, which no shell takes
     */
    public Script with(String variable, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(variable + " has a NUL in it; take it out");
        }
        values.add(variable + "='" + value.replace("'", "'\\''") + "'\n");
        return this;
    }

    /** All that the shell reads. */
    public byte[] bytes() {
        String text = String.join("", values) + resource("common") + resource(name) + END;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String resource(String name) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(name + ".sh"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
