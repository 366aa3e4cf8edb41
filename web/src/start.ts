import { createPinia } from "pinia";
import { createApp } from "vue";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./shell/theme.css";
import App from "./App.vue";
import { i18n } from "./i18n";
import { router } from "./router";
import { usePreferences } from "./shell/preferences";

const app = createApp(App).use(createPinia()).use(i18n);
usePreferences();
app.use(router).mount("#app");
