package io.knit.launcher.remote;

import io.knit.core.rules.Nearest;
import io.knit.launcher.remote.show.Format;
import io.knit.launcher.remote.show.TextTable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** All commands that ask a server, but for those of rooms of their own. */
public final class RemoteCommands {
    private RemoteCommands() {}

    /** In the order in which help shows them. */
    public static void addTo(CommandSpec knit) {
        for (Remote command : List.of(
                new Looking.Status(),
                new Looking.Ps(),
                new Looking.Nodes(),
                new Looking.Explain(),
                new Logs(),
                new Looking.Events(),
                new Looking.History(),
                new Looking.Diff(),
                new Changing.Scale(),
                new Changing.Restart(),
                new Changing.Rollback(),
                Changing.Word.pause(),
                Changing.Word.resume(),
                Changing.Word.promote(),
                new WhatIf.Rebalance(),
                new WhatIf.Simulate())) {
            add(knit, command);
        }
    }

    public static void addNodeCommandsTo(CommandSpec node) {
        for (Remote command : List.of(
                new Nodes.Drain(), new Nodes.Pause(), new Nodes.Activate(), new Nodes.Label(), new Nodes.Forget())) {
            add(node, command);
        }
    }

    public static void addTokenCommandsTo(CommandSpec token) {
        for (Remote command : List.of(new Tokens.Create(), new Tokens.Show(), new Tokens.Revoke())) {
            add(token, command);
        }
    }

    /** Adds one to {@code knit}, or to a group of its commands. */
    public static void add(CommandSpec to, Object command) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(command);
        if (command instanceof Remote remote) {
            remote.describe(spec);
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Print this help and end.")
                .build());
        String ends = command instanceof Remote remote ? remote.ends() : Exit.WORDS;
        spec.usageMessage().footer("", ends).sortOptions(false);
        to.addSubcommand(spec.name(), spec);
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
