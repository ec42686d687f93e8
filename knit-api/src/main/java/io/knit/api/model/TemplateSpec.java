package io.knit.api.model;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

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
 * @param onChange what the container has of it when the file becomes another while it runs
 * @param signal which one it gets then, such as {@code SIGHUP}; empty unless that is what it has of it
 * @param exec the program, and its arguments, that is run in the container then; empty unless that is what it has of it
 * @param splay at most so long, a chance part of it, is waited before; 0 and more
 * @param validate the program, and its arguments, that is run in a container of the same image with the new file in its place, and must end with 0 before
 *     the file is used; empty: none
 * @param onMissing what becomes of it while a variable, secret or file that it reads is not set
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
        List<String> delimiters,
        OnChange onChange,
        String signal,
        List<String> exec,
        Duration splay,
        List<String> validate,
        OnMissing onMissing) {
    /** Its owner may write, everybody in the container may read it. */
    public static final String MODE = "0644";

    public TemplateSpec {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(mode, "mode");
        delimiters = List.copyOf(delimiters);
        Objects.requireNonNull(onChange, "onChange");
        Objects.requireNonNull(signal, "signal");
        exec = List.copyOf(exec);
        Objects.requireNonNull(splay, "splay");
        validate = List.copyOf(validate);
        Objects.requireNonNull(onMissing, "onMissing");
    }

    /** One that is used as it is made. */
    public TemplateSpec(
            String destination,
            String content,
            String source,
            Engine engine,
            String mode,
            int uid,
            int gid,
            boolean env,
            List<String> delimiters,
            OnChange onChange,
            String signal,
            List<String> exec,
            Duration splay) {
        this(
                destination,
                content,
                source,
                engine,
                mode,
                uid,
                gid,
                env,
                delimiters,
                onChange,
                signal,
                exec,
                splay,
                List.of(),
                OnMissing.FAIL);
    }

    /** One that stays as it is while its container runs. */
    public TemplateSpec(
            String destination,
            String content,
            String source,
            Engine engine,
            String mode,
            int uid,
            int gid,
            boolean env,
            List<String> delimiters) {
        this(
                destination,
                content,
                source,
                engine,
                mode,
                uid,
                gid,
                env,
                delimiters,
                OnChange.RESTART,
                "",
                List.of(),
                Duration.ZERO);
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
        return but(it -> it.engine = other);
    }

    /** The same with another content. */
    public TemplateSpec with(String other) {
        return but(it -> it.content = other);
    }

    /** The same for others. */
    public TemplateSpec rights(String newMode, int newUid, int newGid) {
        return but(it -> {
            it.mode = newMode;
            it.uid = newUid;
            it.gid = newGid;
        });
    }

    /** The same, with its lines as environment, too. */
    public TemplateSpec asEnv() {
        return but(it -> it.env = true);
    }

    /** The same, whose values stand between these. */
    public TemplateSpec between(String open, String close) {
        return but(it -> it.delimiters = List.of(open, close));
    }

    /** The same, of which a container that runs sees each change, and has nothing else of it. */
    public TemplateSpec unannounced() {
        return on(OnChange.NONE, "", List.of());
    }

    /** The same, at whose changes the container gets a signal. */
    public TemplateSpec signalling(String name) {
        return on(OnChange.SIGNAL, name, List.of());
    }

    /** The same, at whose changes this is run in the container. */
    public TemplateSpec running(List<String> command) {
        return on(OnChange.EXEC, "", command);
    }

    /** The same, after whose changes a chance part of this is waited. */
    public TemplateSpec within(Duration most) {
        return but(it -> it.splay = most);
    }

    /** The same, which this must accept before it is used. */
    public TemplateSpec validatedBy(List<String> command) {
        return but(it -> it.validate = command);
    }

    /** The same, with which this becomes of what it reads and is not set. */
    public TemplateSpec missing(OnMissing what) {
        return but(it -> it.onMissing = what);
    }

    private TemplateSpec on(OnChange what, String name, List<String> command) {
        return but(it -> {
            it.onChange = what;
            it.signal = name;
            it.exec = command;
        });
    }

    private TemplateSpec but(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new TemplateSpec(
                draft.destination,
                draft.content,
                draft.source,
                draft.engine,
                draft.mode,
                draft.uid,
                draft.gid,
                draft.env,
                draft.delimiters,
                draft.onChange,
                draft.signal,
                draft.exec,
                draft.splay,
                draft.validate,
                draft.onMissing);
    }

    /** One while something of it is made another. */
    private static final class Draft {
        private final String destination;
        private String content;
        private final String source;
        private Engine engine;
        private String mode;
        private int uid;
        private int gid;
        private boolean env;
        private List<String> delimiters;
        private OnChange onChange;
        private String signal;
        private List<String> exec;
        private Duration splay;
        private List<String> validate;
        private OnMissing onMissing;

        Draft(TemplateSpec of) {
            destination = of.destination;
            content = of.content;
            source = of.source;
            engine = of.engine;
            mode = of.mode;
            uid = of.uid;
            gid = of.gid;
            env = of.env;
            delimiters = of.delimiters;
            onChange = of.onChange;
            signal = of.signal;
            exec = of.exec;
            splay = of.splay;
            validate = of.validate;
            onMissing = of.onMissing;
        }
    }

    /** Whether it is made again while its container runs. */
    public boolean follows() {
        return onChange != OnChange.RESTART;
    }

    /** What a container has of it that its file became another. */
    public enum OnChange {
        /** The deployment gets a revision, and so another container. */
        RESTART,
        /** It gets a signal. */
        SIGNAL,
        /** A command is run in it. */
        EXEC,
        /** Nothing but the file. */
        NONE
    }

    /** What becomes of a template while something that it reads is not set. */
    public enum OnMissing {
        /** The deployment is refused. */
        FAIL,
        /** Its first instances wait until it is set; once one is healthy it is as with {@link #FAIL}. */
        WAIT,
        /** It reads an empty text, and the deployment gets a revision when it is set. */
        DEFAULT
    }

    /** How a file is made of its template. */
    public enum Engine {
        /** It is a Pebble template. */
        PEBBLE,
        /** It is a template of Go's {@code text/template}. */
        GO,
        /** It is as it is, byte by byte. */
        NONE
    }
}
