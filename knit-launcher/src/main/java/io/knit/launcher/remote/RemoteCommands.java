package io.knit.launcher.remote;

import io.knit.core.rules.Nearest;
import io.knit.launcher.remote.show.Format;
import io.knit.launcher.remote.show.TextTable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** All commands that ask a server, but for those of rooms of their own. */
public final class RemoteCommands {
    private RemoteCommands() {}

    /** In the order in which help shows them. */
    public static void addTo(BiConsumer<String, Supplier<Remote>> words) {
        words.accept("status", Looking.Status::new);
        words.accept("ps", Looking.Ps::new);
        words.accept("nodes", Looking.Nodes::new);
        words.accept("explain", Looking.Explain::new);
        words.accept("logs", Logs::new);
        words.accept("events", Looking.Events::new);
        words.accept("history", Looking.History::new);
        words.accept("diff", Looking.Diff::new);
        words.accept("scale", Changing.Scale::new);
        words.accept("restart", Changing.Restart::new);
        words.accept("rollback", Changing.Rollback::new);
        words.accept("pause", Changing.Word::pause);
        words.accept("resume", Changing.Word::resume);
        words.accept("promote", Changing.Word::promote);
        words.accept("rebalance", WhatIf.Rebalance::new);
        words.accept("simulate", WhatIf.Simulate::new);
    }

    /** {@code knit node …}. */
    public static List<Remote> ofNodes() {
        return List.of(
                new Nodes.Drain(), new Nodes.Pause(), new Nodes.Activate(), new Nodes.Label(), new Nodes.Forget());
    }

    /** {@code knit token …}. */
    public static List<Remote> ofTokens() {
        return List.of(new Tokens.Create(), new Tokens.Show(), new Tokens.Revoke());
    }

    /** A command as the line knows it, with its help. */
    public static CommandSpec spec(Object command) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(command);
        if (command instanceof Remote remote) {
            remote.describe(spec);
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .order(Integer.MAX_VALUE)
                .description("Print this help and end.")
                .build());
        String ends = command instanceof Remote remote ? remote.ends() : Exit.WORDS;
        spec.usageMessage().footer("", ends).sortOptions(false);
        return spec;
    }

    /** Who reads enums, reads them in any case. */
    public static CommandLine lenient(CommandLine line) {
        return line.registerConverter(Format.class, RemoteCommands::format).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static Format format(String word) {
        List<String> words =
                Arrays.stream(Format.values()).map(Format::toString).toList();
        int place = words.indexOf(word.toLowerCase(Locale.ROOT));
        if (place < 0) {
            throw new CommandLine.TypeConversionException(TextTable.shown(word)
                    + " is none of table, wide, json, yaml and name"
                    + Nearest.to(word, words, 2)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse(""));
        }
        return Format.values()[place];
    }
}
