package io.knit.launcher.remote.show;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What went wrong, in two lines: what, and what to do about it. */
public final class Faults {
    private static final Pattern OF_HTTP = Pattern.compile("^(GET|POST|PATCH|DELETE) /");

    private static final Pattern LISTING = Pattern.compile("^GET /(\\w+)\\S* lists ");
    /** The command that shows what a path lists. */
    private static final Map<String, String> LISTS = Map.of(
            "deployments", "knit status",
            "nodes", "knit nodes",
            "vars", "knit var ls",
            "secrets", "knit secret ls",
            "files", "knit file ls",
            "registries", "knit registry ls",
            "volumes", "knit volume ls",
            "tokens", "knit token list",
            "webhooks", "knit webhook list");

    private Faults() {}

    /**
     * The lines of a fault.
     *
     * @param words what is the matter and, behind the last semicolon, what to do
     * @param otherwise what to do where the words do not say it, or say it to who speaks HTTP; empty: nothing can be said
     */
    public static List<String> lines(String words, String otherwise) {
        int end = words.lastIndexOf("; ");
        List<String> lines = new ArrayList<>();
        lines.add(TextTable.shown(end < 0 ? words : words.substring(0, end)));
        String said = end < 0 ? "" : typed(words.substring(end + 2));
        String todo = said.isEmpty() || OF_HTTP.matcher(said).find() && !otherwise.isEmpty() ? otherwise : said;
        if (!todo.isEmpty()) {
            lines.add(TextTable.shown(todo));
        }
        return lines;
    }

    /** What is the matter with a file: of most that goes wrong Java says its name alone. */
    public static String words(Exception failure) {
        String file = failure instanceof FileSystemException of ? String.valueOf(of.getFile()) : "";
        if (failure instanceof NoSuchFileException) {
            return file + " is not there, or its folder is not";
        }
        if (failure instanceof AccessDeniedException) {
            return file + " is not for this user to read or write";
        }
        return String.valueOf(failure.getMessage());
    }

    /** What lists things over HTTP, as the command that shows them. */
    private static String typed(String todo) {
        Matcher listing = LISTING.matcher(todo);
        String command = listing.find() ? LISTS.get(listing.group(1)) : null;
        return command == null ? todo : command + " shows " + todo.substring(listing.end());
    }
}
