/** Where sliders will stand that run the market anew in the page; until then the section stays hidden. */
export function mount_what_if(section, data) {
  section.hidden = true;
}
