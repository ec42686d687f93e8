package io.knit.core.server.state;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** What is known besides the fleet, by name: who may ask, who is told, and what is kept for deployments. */
record Outside(PSortedMap<String, KnownToken> tokens, PSortedMap<String, KnownWebhook> webhooks, KnownValues values) {
    static final Outside NOBODY = new Outside(TreePMap.empty(), TreePMap.empty(), KnownValues.NONE);

    Outside with(KnownToken added) {
        return new Outside(tokens.plus(added.token().name(), added), webhooks, values);
    }

    Outside withoutToken(String name) {
        return new Outside(tokens.minus(name), webhooks, values);
    }

    Outside with(KnownWebhook added) {
        return new Outside(tokens, webhooks.plus(added.webhook().name(), added), values);
    }

    Outside withoutWebhook(String name) {
        return new Outside(tokens, webhooks.minus(name), values);
    }

    Outside with(KnownValues next) {
        return new Outside(tokens, webhooks, next);
    }
}
