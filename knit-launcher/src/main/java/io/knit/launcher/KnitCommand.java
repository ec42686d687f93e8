package io.knit.launcher;

import io.knit.api.KnitVersion;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.rules.Nearest;
import io.knit.launcher.log.LogForm;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.program.AgentProgram;
import io.knit.launcher.program.Console;
import io.knit.launcher.program.DevProgram;
import io.knit.launcher.program.ExitCode;
import io.knit.launcher.program.NatsProgram;
import io.knit.launcher.program.Program;
import io.knit.launcher.program.ServerProgram;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.RemoteCommands;
import io.knit.launcher.remote.care.Backup;
import io.knit.launcher.remote.care.Doctor;
import io.knit.launcher.remote.care.HookCommands;
import io.knit.launcher.remote.care.Open;
import io.knit.launcher.remote.care.WriteIncident;
import io.knit.launcher.remote.deploy.Deploying;
import io.knit.launcher.remote.home.Completion;
import io.knit.launcher.remote.home.ContextCommands;
import io.knit.launcher.remote.home.Init;
import io.knit.launcher.remote.home.Local;
import io.knit.launcher.remote.image.ImageVerbs;
import io.knit.launcher.remote.inside.InsideCommands;
import io.knit.launcher.remote.join.Join;
import io.knit.launcher.remote.run.Run;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.typed.Refused;
import io.knit.launcher.remote.value.RegistryVerbs;
import io.knit.launcher.remote.value.ValueVerbs;
import io.knit.launcher.remote.value.VolumeVerbs;
import io.knit.launcher.replay.Replays;
import io.knit.launcher.restore.Restore;
import io.knit.launcher.settings.ConfigFile;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line: its words, its help, and what each starts. */
final class KnitCommand {
    /** What the parser says of a place, which is called as help calls it. */
    private static final String PLACE =
            "Invalid value for (?:option '|positional parameter at index [^ ]+ \\()([^)' ]+)(?: \\([^)]*\\))?['\\)](?: \\([^)]*\\))?: ";

    private static final Pattern NO_NUMBER = Pattern.compile(PLACE + "('.*') is not an? (?:int|long)", Pattern.DOTALL);
    private static final Pattern NO_CHOICE = Pattern.compile(
            PLACE + "expected one of \\[(.*)] \\(case-(?:in)?sensitive\\) but was ('.*')", Pattern.DOTALL);

    private static final Pattern LOG_FORMS = Pattern.compile("text|json");
    /** What stands for replaying, which takes no settings and starts nothing. */
    private static final Object REPLAY = new Object();

    /** What Java has in the place of what the locale's characters do not have. */
    private static final char LOST = '\uFFFD';

    private static final List<String> VERSION = List.of("-V", "--version");
    private static final String COMPLETION = "completion";
    private static final String CONFIG_FLAG = "--config";
    private static final String CONFIG_VARIABLE = "KNIT_CONFIG";

    private static final int MOST_HELP_COLUMNS = 100;
    /** The parser's own bound. */
    private static final int FEWEST_HELP_COLUMNS = 55;

    private static final int MOST_OPTION_COLUMNS = 36;

    private final Console console;
    private final Map<String, String> environment;
    /** Whether it was a server, an agent or a broker. */
    private boolean started;
    /** Whether all that it says on stderr is read by a program. */
    private boolean logsOnly;
    /** 0: nobody asked for help yet. */
    private int helpColumns;

    KnitCommand(Console console, Map<String, String> environment) {
        this.console = console;
        this.environment = environment;
    }

    /** Does what the arguments say; the exit code. */
    int run(String... args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].indexOf(LOST) >= 0) {
                console.complain("word " + (i + 1) + " has characters that this locale does not know, and that are"
                        + " lost; set LC_ALL=C.UTF-8, or give it in a file");
                return ExitCode.WRONG_USE;
            }
        }
        int code = commandLine(args).execute(args);
        return code == ExitCode.OK && !started ? written() : code;
    }

    /** Of what was asked for; a server's ready line is none of it. */
    private int written() {
        String why = console.unwritten();
        // who leaves a table in its middle has what he wanted; what has no meaning but whole looks itself
        return why.isEmpty() || console.isLeft() ? ExitCode.OK : unwritten(why);
    }

    private int unwritten(String why) {
        console.complain("what was asked for is not written whole to the standard output: " + why);
        return Exit.FAILED;
    }

    /** With all that there is to say. */
    CommandLine completeLine() {
        CommandSpec knit = knit();
        programs().addAllTo(knit);
        commands().addAllTo(knit);
        return line(knit, this::refuse);
    }

    /**
     * With what the arguments name, if they begin with a word, and no word for who asks for the version alone; what is not understood of them is told by
     * who knows all words. Each word that is made costs a start some 2 ms.
     */
    CommandLine commandLine(String... args) {
        if (args.length == 1 && VERSION.contains(args[0])) {
            return line(knit(), this::refuse);
        }
        FirstWords words = programs();
        if (args.length > 0 && !words.has(args[0])) {
            words = commands();
        }
        // what it prints is the words of all
        if (args.length == 0 || !words.has(args[0]) || args[0].equals(COMPLETION)) {
            return completeLine();
        }
        CommandSpec knit = knit();
        words.addTo(knit, args[0]);
        return line(knit, (e, all) -> completeLine().execute(all));
    }

    private CommandLine line(CommandSpec knit, CommandLine.IParameterExceptionHandler refusing) {
        CommandLine line = new CommandLine(knit)
                .setExpandAtFiles(false)
                .setOut(console.out())
                .setErr(console.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setHelpFactory(this::help)
                .setParameterExceptionHandler(refusing)
                .setExecutionStrategy(this::execute);
        return RemoteCommands.lenient(line);
    }

    /** As wide as what it is printed on, but lines that are read; whoever is asked for that is asked where there is help to print. */
    private CommandLine.Help help(CommandSpec spec, CommandLine.Help.ColorScheme colours) {
        if (helpColumns == 0) {
            int columns = console.ofProcess() ? Terminal.of(1, environment).columns() : MOST_HELP_COLUMNS;
            helpColumns = Math.max(FEWEST_HELP_COLUMNS, Math.min(columns, MOST_HELP_COLUMNS));
        }
        spec.usageMessage().width(helpColumns).longOptionsMaxWidth(Math.min(helpColumns / 2 - 4, MOST_OPTION_COLUMNS));
        return new CommandLine.Help(spec, colours);
    }

    private static CommandSpec knit() {
        CommandSpec knit = group("knit", "Runs containers on a fleet of Docker hosts.");
        knit.addOption(OptionSpec.builder(VERSION.toArray(String[]::new))
                .versionHelp(true)
                .description("Print the version and end.")
                .build());
        knit.version("Knit " + KnitVersion.current());
        return knit;
    }

    /** What runs on. */
    private static FirstWords programs() {
        FirstWords words = new FirstWords();
        words.add(
                "server",
                () -> group("server", "Decides what runs where.")
                        .addSubcommand("start", start("Starts a server.", new ServerProgram())));
        words.add(
                "agent",
                () -> group("agent", "Does on one host what the server decided.")
                        .addSubcommand("start", start("Starts an agent.", new AgentProgram())));
        words.add(
                "nats",
                () -> group("nats", "The NATS broker that a server has within it, alone.")
                        .addSubcommand(
                                "start",
                                start("Starts a NATS broker for any client and any subject.", new NatsProgram())));
        words.add(
                "dev",
                () -> start("Starts a server and an agent in one process, to try things out.", new DevProgram()));
        return words;
    }

    private static FirstWords commands() {
        FirstWords words = new FirstWords();
        Deploying.addTo(words::addCommand);
        words.addCommand("run", Run::new);
        RemoteCommands.addTo(words::addCommand);
        InsideCommands.addTo(words::addCommand);
        words.addGroup("node", "What a host shall do, and be called.", RemoteCommands::ofNodes);
        words.addCommand("join", Join::new);
        words.addGroup("token", "Who may what.", RemoteCommands::ofTokens);
        words.addGroup("webhook", "Where events are sent.", HookCommands::all);
        words.addGroup("var", "Text that deployments read, by name.", ValueVerbs::ofVars);
        words.addGroup("secret", "What nobody is told but what runs with it, by name.", ValueVerbs::ofSecrets);
        words.addGroup("file", "Files that deployments read, by name.", ValueVerbs::ofFiles);
        words.addGroup("registry", "As whom nodes pull images.", RegistryVerbs::all);
        words.addGroup("image", "Images that nodes have.", ImageVerbs::all);
        words.addGroup("volume", "What is kept for slots, and where.", VolumeVerbs::all);
        words.addCommand("doctor", Doctor::new);
        words.addCommand("open", Open::new);
        words.addCommand("incident", WriteIncident::new);
        words.addCommand("backup", Backup::new);
        words.addCommand("restore", Restore::new);
        words.addCommand("init", Init::new);
        words.addCommand(COMPLETION, Completion::new);
        words.addGroup("context", "Several clusters, by name.", ContextCommands::commands);
        words.add("replay", KnitCommand::replay);
        return words;
    }

    static CommandSpec group(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage()
                .description(description)
                .synopsisSubcommandLabel("COMMAND")
                .commandListHeading("%nCommands:%n");
        addHelp(spec);
        return spec;
    }

    private static CommandSpec start(String description, Program program) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(program);
        for (Setting setting : program.settings()) {
            spec.addOption(OptionSpec.builder(setting.flag())
                    .type(setting.isList() ? List.class : String.class)
                    .auxiliaryTypes(String.class)
                    .arity(setting.isSwitch() ? "0..1" : "1")
                    .fallbackValue("true")
                    .paramLabel(setting.valueLabel())
                    .description(setting.description(program.roles())
                            + setting.otherwise()
                                    .map(text -> " Default: " + text)
                                    .orElse(""))
                    .build());
        }
        spec.addOption(OptionSpec.builder(CONFIG_FLAG)
                .type(String.class)
                .paramLabel("FILE")
                .description("A YAML file with any of these settings, named without the dashes.")
                .build());
        addHelp(spec);
        UsageMessageSpec usage = spec.usageMessage();
        usage.description(description)
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .optionListHeading("%nSettings:%n");
        Setting first = program.settings().get(0);
        usage.footer(
                "",
                "Each setting is also an environment variable: " + first.flag() + " is " + first.variable()
                        + ". A flag wins over a variable, a"
                        + " variable over the config file.",
                "",
                "Exit codes: 1 a bug in Knit, 2 wrong settings, 3 something else holds what it needs (a port, the"
                        + " node's name), 4 no room, 5 something outside Knit failed; 130 and 143 after Ctrl-C and SIGTERM.");
        return spec;
    }

    private static CommandSpec replay() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(REPLAY);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("FILE")
                .type(String.class)
                .arity("1")
                .description("What knit incident wrote, or GET /incident of a server answered.")
                .build());
        addHelp(spec);
        spec.usageMessage()
                .description(
                        "Decides again what a server decided, and tells the first decision that is another one now.")
                .footer("", "Exit codes: 0 all is as it was, 1 something is another now, 2 the file is no incident.");
        return spec;
    }

    private static void addHelp(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Print this help and end.")
                .build());
    }

    private int execute(ParseResult parsed) {
        // asked for help, the parser passes over what it does not understand
        for (CommandLine command : parsed.asCommandLineList()) {
            List<String> unmatched = command.getParseResult().unmatched();
            if (!unmatched.isEmpty()) {
                throw new CommandLine.UnmatchedArgumentException(command, unmatched);
            }
        }
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        List<CommandLine> chain = parsed.asCommandLineList();
        CommandLine last = chain.get(chain.size() - 1);
        if (last.getCommandSpec().userObject() == REPLAY) {
            return ending(last, () -> Replays.run(last.getParseResult().matchedPositionalValue(0, ""), console));
        }
        if (last.getCommandSpec().userObject() instanceof Local local) {
            return ending(last, () -> local(local));
        }
        if (last.getCommandSpec().userObject() instanceof Remote remote) {
            return ending(last, () -> remote.run(environment, console));
        }
        if (!(last.getCommandSpec().userObject() instanceof Program program)) {
            throw new ParameterException(
                    last,
                    "say what to do: "
                            + String.join(" or ", last.getSubcommands().keySet()));
        }
        return start(program, last);
    }

    private int local(Local local) {
        try {
            return local.run(environment, console);
        } catch (Refused e) {
            Remote.complain(String.valueOf(e.getMessage()), "", console);
            return Exit.of(e);
        } finally {
            console.out().flush();
        }
    }

    private int start(Program program, CommandLine command) {
        started = true;
        return ending(command, () -> {
            try {
                Settings settings = settings(program, command.getParseResult());
                settings.matching(Setting.LOG, LOG_FORMS, "give text or json");
                LogForm form = LogForm.named(settings.text(Setting.LOG).orElse("text"));
                form.use();
                logsOnly = form == LogForm.JSON;
                program.run(settings, environment, console);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ExitCode.OK;
        });
    }

    private int ending(CommandLine command, IntSupplier work) {
        try {
            return work.getAsInt();
        } catch (Unwritten e) {
            return unwritten(console.unwritten());
        } catch (RuntimeException e) {
            int code = ExitCode.of(e);
            if (logsOnly) {
                LoggerFactory.getLogger(KnitCommand.class).error("{}", ExitCode.message(e));
                return code;
            }
            console.complain(ExitCode.message(e));
            if (code == ExitCode.WRONG_USE) {
                hint(command);
            }
            return code;
        }
    }

    private Settings settings(Program program, ParseResult parsed) {
        List<Setting> known = program.settings();
        Map<String, String> flags = new LinkedHashMap<>();
        for (Setting setting : known) {
            if (parsed.hasMatchedOption(setting.flag())) {
                flags.put(
                        setting.flag(),
                        setting.isList()
                                ? joined(parsed.matchedOptionValue(setting.flag(), List.of()))
                                : parsed.matchedOptionValue(setting.flag(), ""));
            }
        }
        return Settings.resolve(known, flags, environment, configFile(known, parsed));
    }

    /** One that is empty among them is as if nothing else were given: it is refused. */
    private static String joined(List<String> values) {
        return values.stream().anyMatch(String::isBlank) ? "" : String.join(",", values);
    }

    private Map<String, String> configFile(List<Setting> known, ParseResult parsed) {
        boolean byFlag = parsed.hasMatchedOption(CONFIG_FLAG);
        String file =
                byFlag ? parsed.matchedOptionValue(CONFIG_FLAG, "") : environment.getOrDefault(CONFIG_VARIABLE, "");
        if (byFlag && file.isBlank()) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION, CONFIG_FLAG + " is empty; give a file or leave it out");
        }
        return file.isBlank()
                ? Map.of()
                : ConfigFile.read(
                        Path.of(file), known.stream().map(Setting::key).toList());
    }

    private int refuse(ParameterException e, String... args) {
        // swarm join: what follows a word that is not known is a command by chance
        boolean byChance = e instanceof CommandLine.MissingParameterException
                && args.length > 0
                && !OtherWords.insteadOf(args[0]).isEmpty();
        console.complain(
                byChance ? "Unmatched argument: " + args[0] + OtherWords.insteadOf(args[0]) : words(e) + suggestion(e));
        hint(e.getCommandLine());
        return ExitCode.WRONG_USE;
    }

    /** Of what was not understood only the name of an option or command: what stands beside it may be a secret. */
    private static String words(ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return plain(String.valueOf(e.getMessage()));
        }
        String first = unmatched.getUnmatched().get(0).split("=", 2)[0];
        if (first.startsWith("-")) {
            return "Unknown option: " + first;
        }
        CommandLine command = e.getCommandLine();
        boolean asks = command.getCommandSpec().userObject() instanceof Remote
                || command.getCommandSpec().userObject() instanceof Local;
        return !command.getSubcommands().isEmpty() || asks
                ? "Unmatched argument: " + first
                : "Unmatched argument (not shown); settings are written --name VALUE";
    }

    /** Of a value that can't be read the parser says so in words of Java. */
    private static String plain(String words) {
        Matcher number = NO_NUMBER.matcher(words);
        if (number.matches()) {
            return number.group(1) + " must be a whole number, and " + number.group(2) + " is none, or is too large";
        }
        Matcher choice = NO_CHOICE.matcher(words);
        return choice.matches()
                ? choice.group(1) + " must be one of " + choice.group(2).toLowerCase(Locale.ROOT) + ", and "
                        + choice.group(3) + " is none"
                : words;
    }

    private static String suggestion(ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        String word = unmatched.getUnmatched().get(0).split("=", 2)[0];
        CommandLine command = e.getCommandLine();
        List<String> words = word.startsWith("-")
                ? List.copyOf(command.getCommandSpec().optionsMap().keySet())
                : List.copyOf(command.getSubcommands().keySet());
        CommandLine parent = command.getParent();
        if (parent == null && !OtherWords.insteadOf(word).isEmpty()) {
            return OtherWords.insteadOf(word);
        }
        if (parent != null
                && !OtherWords.insteadOf(command.getCommandName(), word).isEmpty()) {
            return OtherWords.insteadOf(command.getCommandName(), word);
        }
        // knit nodes drain n1
        if (parent != null && command.getCommandName().equals("nodes")) {
            CommandLine node = parent.getSubcommands().get("node");
            return node != null && node.getSubcommands().containsKey(word)
                    ? "; did you mean knit node " + word + "?"
                    : "";
        }
        return Nearest.to(word, new TreeSet<>(words), forgiven(word))
                .map(near -> "; did you mean " + near + "?")
                .orElseGet(() -> ofKnit(parent, word));
    }

    /** Not all of a short word: what is left is another one, and may be rm. */
    private static int forgiven(String word) {
        int letters = word.replace("-", "").length();
        return letters < 2 ? 0 : letters < 4 ? 1 : 2;
    }

    /** knit node join h1 */
    private static String ofKnit(@Nullable CommandLine parent, String word) {
        return parent != null && parent.getSubcommands().containsKey(word) ? "; did you mean knit " + word + "?" : "";
    }

    private void hint(CommandLine command) {
        console.err().println("Run '" + command.getCommandSpec().qualifiedName() + " --help' to see what there is.");
        console.err().flush();
    }
}
