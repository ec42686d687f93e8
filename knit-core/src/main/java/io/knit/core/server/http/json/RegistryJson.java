package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Value;
import io.knit.api.model.RegistryAuth;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.value.RegistryLogin;
import java.util.List;

/** Logins of registries as the API has them. */
public final class RegistryJson {
    private static final String USERNAME = "username";
    private static final String PASSWORD = "password";
    private static final List<String> FIELDS = List.of(USERNAME, PASSWORD);

    private RegistryJson() {}

    /**
     * As whom to log in.
     *
     * @throws io.knit.api.error.KnitException of kind USER, which quotes nothing of it
     */
    public static Value.Content read(byte[] body) {
        Refusals refusals = new Refusals();
        Fields fields = new Fields(SpecReader.tree(body), "", refusals, FIELDS);
        for (String field : FIELDS) {
            if (!fields.has(field)) {
                fields.require(field);
            }
        }
        refusals.throwIfAny();
        RegistryAuth login = new RegistryAuth(fields.text(USERNAME), fields.text(PASSWORD));
        refusals.throwIfAny();
        return RegistryLogin.of(login);
    }

    /** With the user's name, if that is told. */
    public static ObjectNode of(Value value) {
        ObjectNode json = Json.object().put("host", value.name());
        Value.Content user = value.content();
        if (user != null) {
            user.text().ifPresent(name -> json.put(USERNAME, name));
        }
        return json.put("version", value.version())
                .put("changed_at", value.changedAt().toString())
                .put("changed_by", value.changedBy());
    }
}
