package io.knit.api.model;

import java.util.Objects;

/**
 * A file that the agent renders and mounts read-only into the container.
 *
 * @param destination absolute path of a file in the container
 * @param content what is rendered; empty where {@code source} is given
 * @param source name of a file that the server keeps ({@code PUT /files/{name}}), which is rendered; empty: {@code content} is
 * @param engine how it is rendered
 */
public record TemplateSpec(String destination, String content, String source, Engine engine) {
    public TemplateSpec {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(engine, "engine");
    }

    /** A Pebble template over {@code node}, {@code deployment}, {@code instance} and {@code env}. */
    public TemplateSpec(String destination, String content) {
        this(destination, content, "", Engine.PEBBLE);
    }

    /** A file that the server keeps, rendered as a Pebble template. */
    public static TemplateSpec from(String source, String destination) {
        return new TemplateSpec(destination, "", source, Engine.PEBBLE);
    }

    /** The same with another engine. */
    public TemplateSpec by(Engine other) {
        return new TemplateSpec(destination, content, source, other);
    }

    /** How a file is made of its template. */
    public enum Engine {
        /** It is a Pebble template. */
        PEBBLE,
        /** It is as it is, byte by byte. */
        NONE
    }
}
