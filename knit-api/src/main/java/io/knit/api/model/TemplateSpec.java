package io.knit.api.model;

import java.util.Objects;

/**
 * A file that the agent renders and mounts read-only into the container.
 *
 * @param destination absolute path of a file in the container
 * @param content a Pebble template over {@code node}, {@code deployment}, {@code instance} and {@code env}
 */
public record TemplateSpec(String destination, String content) {
    public TemplateSpec {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(content, "content");
    }
}
