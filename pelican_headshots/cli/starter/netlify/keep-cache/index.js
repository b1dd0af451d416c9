// Netlify calls these before and after its build.
export const onPreBuild = ({ utils }) => utils.cache.restore(".headshots");
export const onPostBuild = ({ utils }) => utils.cache.save(".headshots");
