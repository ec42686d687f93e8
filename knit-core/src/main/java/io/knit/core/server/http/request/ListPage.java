package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryQuery;
import io.knit.core.server.admission.Pointers;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param limit 1–1000; {@link #ALL}: no part, all of it
 * @param after the key that the part before ended with; empty: from the beginning
 */
public record ListPage(int limit, String after) {
    public static final Set<String> PARAMETERS = Set.of("limit", "after");

    /** The most that one page has, and what it has unless told. */
    public static final int MOST = 1000;

    public static final int ALL = Integer.MAX_VALUE;

    private static final Pattern LIMIT = Pattern.compile("[1-9]\\d{0,3}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,19}");
    private static final int LONGEST_KEY = 512;

    /** @return at the paths of before {@code /v1} all is what is asked for unless told, as it was when they were released */
    public static ListPage of(HttpServerRequest request) {
        String after = request.getParam("after");
        if (after != null && (after.isEmpty() || after.codePointCount(0, after.length()) > LONGEST_KEY)) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the parameter after is " + Pointers.quoted(after)
                            + "; give the next of the page before, or leave it out");
        }
        return new ListPage(limit(request), after == null ? "" : after);
    }

    /** Which part of the history is asked for, whose entries are numbered. */
    public static HistoryQuery ofHistory(HttpServerRequest request) {
        long after = number(request, "after", 0, 0, Long.MAX_VALUE);
        long limit = number(request, "limit", HistoryQuery.NEWEST.limit(), 1, HistoryQuery.MOST);
        return new HistoryQuery(request.getParam("deployment"), after, (int) limit);
    }

    private static long number(HttpServerRequest request, String name, long unlessGiven, long least, long most) {
        String text = request.getParam(name);
        if (text == null) {
            return unlessGiven;
        }
        OptionalLong number = number(text);
        if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    name.equals("after")
                            ? "the parameter after is not the number of an entry; give the next of the page before, or"
                                    + " leave it out"
                            : "the parameter limit is not a number from 1 to " + most
                                    + "; give one, or leave it out for " + unlessGiven);
        }
        return number.getAsLong();
    }

    /** The number of the entry that is gone on after, of lists whose entries are numbered; empty: it is none. */
    public static OptionalLong number(String text) {
        try {
            if (NUMBER.matcher(text).matches()) {
                return OptionalLong.of(Long.parseLong(text));
            }
        } catch (NumberFormatException e) {
            // larger than any
        }
        return OptionalLong.empty();
    }

    private static int limit(HttpServerRequest request) {
        String text = request.getParam("limit");
        if (text == null) {
            return Version.isNamed(request) || request.getParam("after") != null ? MOST : ALL;
        }
        if (LIMIT.matcher(text).matches() && Integer.parseInt(text) <= MOST) {
            return Integer.parseInt(text);
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter limit is " + Pointers.quoted(text) + "; give a number from 1 to " + MOST
                        + ", or leave it out");
    }

    public boolean isWhole() {
        return limit == ALL;
    }

    /**
     * Cuts it out.
     *
     * @param all in the order of their keys
     */
    public <T> Cut<T> of(List<T> all, Function<T, String> key) {
        List<T> rest = after.isEmpty()
                ? all
                : all.stream()
                        .filter(each -> key.apply(each).compareTo(after) > 0)
                        .toList();
        return rest.size() <= limit
                ? new Cut<>(rest, null)
                : new Cut<>(rest.subList(0, limit), key.apply(rest.get(limit - 1)));
    }

    /**
     * A part of a list.
     *
     * @param next what to ask for the part that follows with; null: none does
     */
    public record Cut<T>(List<T> elements, @Nullable String next) {
        /** Says in the answer's head where the next page is; nothing where there is none. */
        public void link(HttpServerRequest request) {
            if (next != null) {
                ListPage.link(request, next);
            }
        }
    }

    /** The value of a {@code Link} for the next page, with the other parameters as they are. */
    public static void link(HttpServerRequest request, String next) {
        String asked = request.query() == null ? "" : request.query();
        String query = Arrays.stream(asked.split("&"))
                .filter(each -> !each.isEmpty() && !each.startsWith("after="))
                .map(each -> each + "&")
                .collect(Collectors.joining());
        request.response()
                .putHeader(
                        "Link",
                        "<" + request.path() + "?" + query + "after=" + URLEncoder.encode(next, StandardCharsets.UTF_8)
                                + ">; rel=\"next\"");
    }
}
