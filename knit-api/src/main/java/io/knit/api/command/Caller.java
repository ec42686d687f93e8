package io.knit.api.command;

import java.util.List;
import java.util.Objects;

/**
 * Who gives a command.
 *
 * @param name as people know it; of who shows a token the token's
 * @param from where from, for people: an address, or a part of this process
 * @param deployments patterns of the names of the deployments that his role counts for: {@code web}, {@code web-*}, or {@code *} for all
 */
public record Caller(String name, Role role, String from, List<String> deployments) {
    /** The pattern that every name matches. */
    public static final String ALL = "*";

    /** The program that embeds the server. */
    public static final Caller PROGRAM = new Caller("program", Role.ADMIN, "this process");

    public Caller {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(from, "from");
        deployments = List.copyOf(deployments);
    }

    /** One whose role counts for all deployments. */
    public Caller(String name, Role role, String from) {
        this(name, role, from, List.of(ALL));
    }

    /** Somebody who did not say who he is, where nobody has to. */
    public static Caller anonymous(String from) {
        return new Caller("anonymous", Role.ADMIN, from);
    }

    /** Whether his role counts for the deployment of this name; whether there is one does not matter. */
    public boolean isFor(String deployment) {
        return deployments.stream().anyMatch(pattern -> matches(pattern, deployment));
    }

    /** Whether it counts for every deployment there may be. */
    public boolean isForAll() {
        return deployments.contains(ALL);
    }

    /** Each {@code *} stands for any letters, or none. In one pass with one step back, so that no pattern costs more than both lengths multiplied. */
    static boolean matches(String pattern, String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int after = 0;
        while (at < name.length()) {
            if (in < pattern.length() && pattern.charAt(in) == '*') {
                star = in++;
                after = at;
            } else if (in < pattern.length() && pattern.charAt(in) == name.charAt(at)) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++after;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.charAt(in) == '*') {
            in++;
        }
        return in == pattern.length();
    }

    /** What a caller may. Each may all that those before it may. */
    public enum Role {
        /** Sees, and changes nothing. */
        VIEWER,
        /** Changes deployments, and what belongs to them. */
        DEPLOYER,
        /** Gives every command: also those about nodes, the cluster and tokens, and deployments that ask much of their hosts. */
        ADMIN
    }
}
