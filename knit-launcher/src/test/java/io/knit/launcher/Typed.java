package io.knit.launcher;

import io.knit.launcher.program.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** What came of typing a command: nothing here gets as far as starting. */
public record Typed(int exitCode, String out, String err) {
    public static Typed knit(Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(out), new PrintWriter(err));
        int code = new KnitCommand(console, environment).run(args);
        return new Typed(code, out.toString(), err.toString());
    }
}
