package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What people see of tokens. */
public final class TokenLines {
    private TokenLines() {}

    public static List<String> of(JsonNode list) {
        if (list.isEmpty()) {
            return List.of("no tokens; knit token create --role ROLE makes one");
        }
        TextTable table = new TextTable("NAME", "ROLE", "DEPLOYMENTS", "BY", "EXPIRES");
        for (JsonNode one : list) {
            List<String> deployments = new ArrayList<>();
            one.path("deployments").forEach(pattern -> deployments.add(pattern.asText()));
            String expires = Listings.text(one, "expires_at");
            table.row(
                    Listings.text(one, "name"),
                    Listings.text(one, "role"),
                    String.join(",", deployments),
                    Listings.text(one, "created_by"),
                    expires.isEmpty() ? "never" : one.path("expired").asBoolean() ? "expired" : expires);
        }
        return table.lines();
    }
}
