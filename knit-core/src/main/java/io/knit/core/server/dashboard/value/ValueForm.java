package io.knit.core.server.dashboard.value;

import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.RegistryAuth;
import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.knit.core.server.value.RegistryLogin;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * A form of the page of values as it was typed. What a secret or a password was to be is in no page.
 *
 * @param action {@code set} or {@code remove}
 * @param kind as on the wire
 * @param name of a registry its host
 * @param content what it is to hold; of a registry the password
 */
public record ValueForm(String action, String kind, String name, String username, String content) {
    public static final Set<String> FIELDS = Set.of(CsrfTokens.FIELD, "do", "kind", "name", "username", "content");

    static final ValueForm NONE = new ValueForm("", "", "", "", "");

    static ValueForm of(MultiMap fields) {
        return new ValueForm(
                field(fields, "do").strip(),
                field(fields, "kind").strip(),
                field(fields, "name").strip(),
                field(fields, "username").strip(),
                field(fields, "content"));
    }

    private static String field(MultiMap fields, String name) {
        return Objects.requireNonNullElse(fields.get(name), "");
    }

    /** What may be shown again of what was typed. */
    ValueForm shown() {
        return isKnown() && !what().isSealed() ? this : new ValueForm(action, kind, name, username, "");
    }

    private boolean isKnown() {
        return Arrays.stream(Value.Kind.values()).anyMatch(it -> it.wireName().equals(kind));
    }

    /** @throws KnitException of kind USER */
    Value.Kind what() {
        return Arrays.stream(Value.Kind.values())
                .filter(it -> it.wireName().equals(kind))
                .findFirst()
                .orElseThrow(ValueForm::noButton);
    }

    /** @throws KnitException of kind USER, which quotes nothing of what is sealed */
    Command<Value> command() {
        return switch (action) {
            case "set" -> new Command.SetValue(what(), name, held());
            case "remove" -> new Command.RemoveValue(what(), name);
            default -> throw noButton();
        };
    }

    private static KnitException noButton() {
        return new KnitException(ErrorCode.INVALID_VALUE, "the page has no such button; open it anew");
    }

    /** Lines end as on a host, and the one line break that comes along with what is copied is left out, as {@code knit} does. */
    private Value.Content held() {
        String text = content.replace("\r\n", "\n");
        return switch (what()) {
            case VAR, SECRET -> Value.Content.of(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
            case FILE -> Value.Content.of(text);
            case REGISTRY -> RegistryLogin.of(new RegistryAuth(username, text));
        };
    }
}
