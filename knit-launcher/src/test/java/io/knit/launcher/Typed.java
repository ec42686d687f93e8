package io.knit.launcher;

import io.knit.launcher.output.StandardOutput;
import io.knit.launcher.program.Console;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;

/** What came of typing a command: nothing here gets as far as starting. */
public record Typed(int exitCode, String out, String err) {
    public static Typed knit(Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(out), new PrintWriter(err));
        int code = new KnitCommand(console, environment).run(args);
        return new Typed(code, out.toString(), err.toString());
    }

    /** With a standard output of the process's own, which is not shown here. */
    public static Typed into(OutputStream output, Map<String, String> environment, String... args) {
        StandardOutput own = new StandardOutput(output);
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(own, true, StandardCharsets.UTF_8), new PrintWriter(err), own);
        int code = new KnitCommand(console, environment).run(args);
        return new Typed(code, "", err.toString());
    }

    /** What comes of typing that with this as the standard input. */
    public static <T> T given(String input, Supplier<T> typing) {
        InputStream own = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return typing.get();
        } finally {
            System.setIn(own);
        }
    }
}
