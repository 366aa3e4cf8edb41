import { ref } from "vue";

const query = window.matchMedia("(max-width: 767px)");
const phone = ref(query.matches);
query.addEventListener("change", (event) => (phone.value = event.matches));

/** True on a screen as narrow as a phone's. */
export const isPhone = phone;
