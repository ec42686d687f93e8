package io.knit.launcher.remote.value;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is alike for variables, secrets and files, and what is not. */
public final class ValueVerbs {
    private ValueVerbs() {}

    /** {@code knit var …}, in the order in which help shows them. */
    public static List<Remote> ofVars() {
        return List.of(
                new SetVar(),
                new Get("vars", "variable"),
                new Show("vars", "variable"),
                new Removal("vars", "variable"));
    }

    /** {@code knit secret …}; what one holds nobody gets. */
    public static List<Remote> ofSecrets() {
        return List.of(
                new SetSecret(),
                new OneSecret(),
                new Show("secrets", "secret"),
                new Removal("secrets", "secret"),
                new Rotate());
    }

    /** {@code knit file …}. */
    public static List<Remote> ofFiles() {
        return List.of(
                new SetFile(), new Get("files", "file"), new Show("files", "file"), new Removal("files", "file"));
    }

    private static int told(JsonNode set, String what, Printer printer) {
        printer.print(
                set,
                one -> List.of(Listings.text(one, "name")),
                one -> List.of(TextTable.shown(what + " " + Listings.text(one, "name") + " has version "
                        + one.path("version").asInt())));
        return Exit.OK;
    }

    @Command(name = "set", description = "Make a variable, or give it another text; the same again changes nothing.")
    static final class SetVar extends Remote {
        @Parameters(index = "0", paramLabel = "NAME", description = "What the variable is called.")
        private String name = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "TEXT",
                description = "What it holds; - or nothing: standard input.")
        private @Nullable String text;

        @Option(
                names = "--from-file",
                paramLabel = "FILE",
                description = "Read the text from a file, without the line break at its end.")
        private String file = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            if (text != null && !file.isEmpty()) {
                throw new IllegalArgumentException("TEXT and --from-file both say what it holds; give one of them");
            }
            String held = text == null || text.equals("-")
                    ? GivenValue.text(
                            GivenValue.line(GivenValue.read(file, System.in)),
                            file,
                            "a variable holds text; knit file set and knit secret set keep any bytes")
                    : text;
            return told(knit.setVar(name, held), "variable", printer);
        }
    }

    @Command(
            name = "set",
            description = {
                "Make a secret, or give it another content, from standard input or a file:",
                "never from the command line, which others on the host see. One line break at the end",
                "is left out, unless --raw says otherwise."
            })
    static final class SetSecret extends Remote {
        @Parameters(index = "0", paramLabel = "NAME", description = "What the secret is called.")
        private String name = "";

        @Parameters(index = "1..*", arity = "0..*", paramLabel = "-", description = "Standard input, as without it.")
        private List<String> from = new ArrayList<>();

        @Option(
                names = "--from-file",
                paramLabel = "FILE",
                description = "Read it from a file. Default: standard input.")
        private String file = "";

        @Option(names = "--raw", description = "Keep every byte, also a line break at the end.")
        private boolean raw;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            GivenValue.requireInput(from, file);
            byte[] bytes = GivenValue.read(file, System.in);
            return told(knit.setSecret(name, raw ? bytes : GivenValue.line(bytes)), "secret", printer);
        }
    }

    @Command(name = "set", description = "Keep a file's content under a name, byte by byte.")
    static final class SetFile extends Remote {
        @Parameters(index = "0", paramLabel = "NAME", description = "What the file is called.")
        private String name = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "FILE",
                description = "Which file; - or nothing: standard input.")
        private @Nullable String from;

        @Option(names = "--from-file", paramLabel = "FILE", description = "The same.")
        private String file = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            if (from != null && !file.isEmpty()) {
                throw new IllegalArgumentException("FILE and --from-file both say what it holds; give one of them");
            }
            return told(knit.setFile(name, GivenValue.read(from == null ? file : from, System.in)), "file", printer);
        }
    }

    @Command(name = "get", description = "Print what it holds, and nothing else.")
    static final class Get extends Remote {
        private final String path;
        private final String what;

        @Parameters(paramLabel = "NAME", description = "Its name.")
        private String name = "";

        Get(String path, String what) {
            this.path = path;
            this.what = what;
        }

        @Override
        protected void describe(CommandSpec spec) {
            spec.usageMessage().description("Print what a " + what + " holds, and nothing else.");
        }

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode value = path.equals("vars") ? knit.var(name) : knit.file(name);
            if (!printer.isForPeople()) {
                printer.print(value, one -> List.of(name), one -> List.of());
            } else if (path.equals("vars")) {
                console.out().println(value.path("value").asText());
            } else {
                bytes(value, console);
            }
            return Exit.OK;
        }

        private static void bytes(JsonNode value, Console console) {
            byte[] bytes = value.has("base64")
                    ? Base64.getDecoder().decode(value.path("base64").asText())
                    : value.path("value").asText().getBytes(StandardCharsets.UTF_8);
            try {
                console.body().write(bytes);
            } catch (IOException e) {
                throw new Unwritten();
            }
        }
    }

    @Command(name = "get", description = "Show one secret, its version and who set it; not what it holds.")
    static final class OneSecret extends Remote {
        @Parameters(paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(knit.secret(name), one -> List.of(name), one -> Show.table(List.of(one)));
            return Exit.OK;
        }
    }

    @Command(name = "list", aliases = "ls", description = "All of them.")
    static final class Show extends Remote {
        private final String path;
        private final String what;

        Show(String path, String what) {
            this.path = path;
            this.what = what;
        }

        @Override
        protected void describe(CommandSpec spec) {
            spec.usageMessage().description("All " + what + "s, their versions and who set them; not what they hold.");
        }

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode all = switch (path) {
                case "vars" -> knit.vars();
                case "secrets" -> knit.secrets();
                default -> knit.files();
            };
            printer.print(all, list -> Listings.names(list.path(path), "name"), list -> lines(list.path(path)));
            return Exit.OK;
        }

        private List<String> lines(JsonNode list) {
            if (list.isEmpty()) {
                String word = path.substring(0, path.length() - 1);
                return new ArrayList<>(List.of("no " + what + "s; knit " + word + " set NAME makes one"));
            }
            return table(list);
        }

        static List<String> table(Iterable<JsonNode> list) {
            TextTable table = new TextTable("NAME", "VERSION", "BYTES", "CHANGED", "BY");
            for (JsonNode one : list) {
                table.row(
                        Listings.text(one, "name"),
                        one.path("version").asInt(),
                        one.path("bytes").asInt(),
                        Listings.text(one, "changed_at"),
                        Listings.text(one, "changed_by"));
            }
            return table.lines();
        }
    }

    @Command(name = "rm", aliases = "remove", description = "Remove one.")
    static final class Removal extends Remote {
        private final String path;
        private final String what;

        @Parameters(paramLabel = "NAME", description = "Its name.")
        private String name = "";

        Removal(String path, String what) {
            this.path = path;
            this.what = what;
        }

        @Override
        protected void describe(CommandSpec spec) {
            spec.usageMessage().description("Remove a " + what + ".");
        }

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            JsonNode gone = switch (path) {
                case "vars" -> knit.removeVar(name);
                case "secrets" -> knit.removeSecret(name);
                default -> knit.removeFile(name);
            };
            printer.print(
                    gone, one -> List.of(name), one -> List.of(TextTable.shown(what + " " + name + " is removed")));
            return Exit.OK;
        }
    }

    @Command(
            name = "rotate",
            description = {
                "Seal all secrets anew with another key: one that the server makes, where the key file",
                "is its own, else the one that was put first into the key file."
            })
    static final class Rotate extends Remote {
        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            printer.print(
                    knit.rotateSecrets(),
                    done -> List.of(Listings.text(done, "key")),
                    done -> List.of(
                            TextTable.shown(done.path("sealed").asInt() + " secrets are sealed with the key "
                                    + Listings.text(done, "key") + " now"),
                            "keep a copy of the new key elsewhere; backups from before need the one of before"));
            return Exit.OK;
        }
    }
}
