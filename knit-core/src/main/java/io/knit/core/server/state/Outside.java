package io.knit.core.server.state;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** What is known of those outside of the fleet, by name: who may ask, and who is told. */
record Outside(PSortedMap<String, KnownToken> tokens, PSortedMap<String, KnownWebhook> webhooks) {
    static final Outside NOBODY = new Outside(TreePMap.empty(), TreePMap.empty());

    Outside with(KnownToken added) {
        return new Outside(tokens.plus(added.token().name(), added), webhooks);
    }

    Outside withoutToken(String name) {
        return new Outside(tokens.minus(name), webhooks);
    }

    Outside with(KnownWebhook added) {
        return new Outside(tokens, webhooks.plus(added.webhook().name(), added));
    }

    Outside withoutWebhook(String name) {
        return new Outside(tokens, webhooks.minus(name));
    }
}
