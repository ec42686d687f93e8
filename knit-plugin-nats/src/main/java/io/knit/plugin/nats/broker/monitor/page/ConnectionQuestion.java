package io.knit.plugin.nats.broker.monitor.page;

import io.knit.plugin.nats.broker.monitor.figures.Watched;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/** {@code /connz} asked by message: the parameters are the fields of a JSON object. */
public final class ConnectionQuestion {
    private static final String[] STATES = {"open", "closed", "any"};

    private final ConnzPage page;

    public ConnectionQuestion(Watched watched) {
        this.page = new ConnzPage(watched);
    }

    /** The answer: {@code data}, or {@code error} with what is wrong with the question. */
    public JsonObject answer(String question) {
        try {
            Map<String, String> parameters = new TreeMap<>();
            if (!question.isBlank()) {
                new JsonObject(question).forEach(field -> put(parameters, field.getKey(), field.getValue()));
            }
            return new JsonObject().put("data", page.json(Query.of(parameters)));
        } catch (DecodeException | ClassCastException e) {
            return error("the question is no JSON object; send {} or nothing to ask without conditions");
        } catch (WrongQuery e) {
            return error(String.valueOf(e.getMessage()));
        }
    }

    // nats-server's names in messages are a little other than those in addresses
    private static void put(Map<String, String> parameters, String name, Object value) {
        switch (name) {
            case "subscriptions" -> parameters.putIfAbsent("subs", String.valueOf(value));
            case "subscriptions_detail" -> {
                if (Boolean.TRUE.equals(value)) {
                    parameters.put("subs", "detail");
                }
            }
            case "state" ->
                parameters.put(
                        name,
                        value instanceof Integer number && number >= 0 && number < STATES.length
                                ? STATES[number]
                                : String.valueOf(value));
            default -> parameters.put(name, value == null ? "" : value.toString());
        }
    }

    private static JsonObject error(String words) {
        return new JsonObject().put("error", new JsonObject().put("code", 400).put("description", words));
    }
}
