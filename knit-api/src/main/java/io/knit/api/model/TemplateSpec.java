package io.knit.api.model;

import java.util.List;
import java.util.Objects;

/**
 * A file that the agent renders and mounts read-only into the container.
 *
 * @param destination absolute path of a file in the container
 * @param content what is rendered; empty where {@code source} is given
 * @param source name of a file that the server keeps ({@code PUT /files/{name}}), which is rendered; empty: {@code content} is
 * @param engine how it is rendered
 * @param mode who may read and run it, in octal digits as {@code chmod} takes them
 * @param uid number of its owner, 0 and more
 * @param gid number of its group, 0 and more
 * @param env whether its lines {@code KEY=value} are environment as well
 * @param delimiters two texts between which values stand, such as {@code [[} and {@code ]]}; empty: <code>{{</code> and <code>}}</code>
 */
public record TemplateSpec(
        String destination,
        String content,
        String source,
        Engine engine,
        String mode,
        int uid,
        int gid,
        boolean env,
        List<String> delimiters) {
    /** Its owner may write, everybody in the container may read it. */
    public static final String MODE = "0644";

    public TemplateSpec {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(mode, "mode");
        delimiters = List.copyOf(delimiters);
    }

    /** With the usual braces. */
    public TemplateSpec(
            String destination,
            String content,
            String source,
            Engine engine,
            String mode,
            int uid,
            int gid,
            boolean env) {
        this(destination, content, source, engine, mode, uid, gid, env, List.of());
    }

    /** A Pebble template over {@code node}, {@code deployment}, {@code instance} and {@code env}. */
    public TemplateSpec(String destination, String content) {
        this(destination, content, "", Engine.PEBBLE, MODE, 0, 0, false);
    }

    /** A file that the server keeps, rendered as a Pebble template. */
    public static TemplateSpec from(String source, String destination) {
        return new TemplateSpec(destination, "", source, Engine.PEBBLE, MODE, 0, 0, false);
    }

    /** The same with another engine. */
    public TemplateSpec by(Engine other) {
        return new TemplateSpec(destination, content, source, other, mode, uid, gid, env, delimiters);
    }

    /** The same with another content. */
    public TemplateSpec with(String other) {
        return new TemplateSpec(destination, other, source, engine, mode, uid, gid, env, delimiters);
    }

    /** The same for others. */
    public TemplateSpec rights(String newMode, int newUid, int newGid) {
        return new TemplateSpec(destination, content, source, engine, newMode, newUid, newGid, env, delimiters);
    }

    /** The same, with its lines as environment, too. */
    public TemplateSpec asEnv() {
        return new TemplateSpec(destination, content, source, engine, mode, uid, gid, true, delimiters);
    }

    /** The same, whose values stand between these. */
    public TemplateSpec between(String open, String close) {
        return new TemplateSpec(destination, content, source, engine, mode, uid, gid, env, List.of(open, close));
    }

    /** How a file is made of its template. */
    public enum Engine {
        /** It is a Pebble template. */
        PEBBLE,
        /** It is as it is, byte by byte. */
        NONE
    }
}
